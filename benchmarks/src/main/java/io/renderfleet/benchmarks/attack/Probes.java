package io.renderfleet.benchmarks.attack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What Kubernetes and Prometheus would ask meanwhile, twice a second. */
final class Probes implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String[] PATHS = {"/health/live", "/health/ready", "/metrics"};

    private final URI health;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicLong slowest = new AtomicLong();

    Probes(URI health) {
        this.health = health;
        var unused = thread.scheduleWithFixedDelay(this::probe, 0, 500, TimeUnit.MILLISECONDS);
    }

    private void probe() {
        URI asked = health.resolve(PATHS[sent.getAndIncrement() % PATHS.length]);
        long began = System.nanoTime();
        // A new connection each time, as a kubelet opens it.
        HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        try {
            HttpResponse<Void> answer = client.send(
                    HttpRequest.newBuilder(asked).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.discarding());
            if (answer.statusCode() == 200) {
                answered.incrementAndGet();
                slowest.accumulateAndGet(System.nanoTime() - began, Math::max);
            }
        } catch (IOException unanswered) {
            // It is missing in the count.
        } catch (InterruptedException stopped) {
            sent.decrementAndGet();
            Thread.currentThread().interrupt();
        }
    }

    int sent() {
        return sent.get();
    }

    int answered() {
        return answered.get();
    }

    Duration slowest() {
        return Duration.ofNanos(slowest.get());
    }

    /** Waits for the last answer. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
