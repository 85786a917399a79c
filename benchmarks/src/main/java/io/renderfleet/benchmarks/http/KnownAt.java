package io.renderfleet.benchmarks.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.DoubleStream;

/** When somebody first knew that a job had ended. Thread-safe. */
final class KnownAt {
    private final Map<String, Long> nanos = new ConcurrentHashMap<>();

    void note(String job) {
        nanos.putIfAbsent(job, System.nanoTime());
    }

    /** From the end of a job to when it was known, in milliseconds, sorted. */
    double[] delays(Map<String, Long> ends) {
        return nanos.entrySet().stream()
                .flatMapToDouble(entry -> {
                    Long end = ends.get(entry.getKey());
                    return end == null ? DoubleStream.empty() : DoubleStream.of((entry.getValue() - end) / 1e6);
                })
                .sorted()
                .toArray();
    }

    static double quantile(double[] sorted, double part) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.max(0, Math.ceil(part * sorted.length) - 1)];
    }
}
