package io.renderfleet.discovery;

import io.renderfleet.core.spi.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Repeats a look-up, reports what has changed, and reports nothing while the look-up fails. Has a daemon thread from {@link #start} to
 * {@link #close}. Thread-safe.
 */
final class RepeatedLookup implements AutoCloseable {
    private final FoundNodes nodes;
    private final Duration every;
    private final NodeLookup look;
    private final ScheduledExecutorService thread;

    /**
     * @param source where it looks, for the log
     * @param every how long to wait between two look-ups
     * @param look looks
     */
    RepeatedLookup(String source, Duration every, NodeLookup look) {
        this.nodes = new FoundNodes(source);
        this.every = every;
        this.look = look;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "node-discovery");
            made.setDaemon(true);
            return made;
        });
    }

    /** Looks at once, and then every so often. */
    synchronized void start(Consumer<Set<Target>> snapshots) {
        if (nodes.begin(snapshots)) {
            var unused = thread.scheduleWithFixedDelay(this::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        try {
            nodes.found(look.now());
        } catch (IOException e) {
            nodes.troubled(String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError e) {
            nodes.failed(e);
        }
    }

    Optional<String> trouble() {
        return nodes.trouble();
    }

    @Override
    public synchronized void close() {
        nodes.close();
        thread.shutdownNow();
    }

    @Override
    public String toString() {
        return nodes.toString();
    }
}
