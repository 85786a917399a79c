package io.renderfleet.benchmarks;

import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/** Seeds from one to another, both included, and what is said of the values that they lead to. */
record Seeds(long first, long last) {

    /** Reads {@code 20}, which is from 1 to 20, or {@code 1001-1020}. */
    static Seeds parse(String text) {
        String[] ends = text.split("-", 2);
        return ends.length == 1
                ? new Seeds(1, Long.parseLong(text))
                : new Seeds(Long.parseLong(ends[0]), Long.parseLong(ends[1]));
    }

    Seeds tenth() {
        return new Seeds(first, Math.max(first, first - 1 + (last - first + 1) / 10));
    }

    void forEach(LongConsumer action) {
        LongStream.rangeClosed(first, last).forEach(action);
    }

    /** The least value that so large a part of all does not exceed. */
    static double quantile(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.max(0, Math.ceil(part * sorted.length) - 1)];
    }
}
