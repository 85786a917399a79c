package io.renderfleet.discovery;

import io.renderfleet.core.spi.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a look-up, reports what has changed, and reports nothing while the look-up fails. Has a daemon thread from {@link #start} to
 * {@link #close}. Thread-safe.
 */
final class RepeatedLookup implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RepeatedLookup.class);

    private final String source;
    private final Duration every;
    private final NodeLookup look;
    private final ScheduledExecutorService thread;
    private @Nullable Set<Target> last;
    private @Nullable String trouble;
    private boolean closed;

    /**
     * @param source where it looks, for the log
     * @param every how long to wait between two look-ups
     * @param look looks
     */
    RepeatedLookup(String source, Duration every, NodeLookup look) {
        this.source = source;
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
        if (!closed) {
            var unused =
                    thread.scheduleWithFixedDelay(() -> look(snapshots), 0, every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look(Consumer<Set<Target>> snapshots) {
        try {
            found(snapshots, Set.copyOf(look.now()));
        } catch (IOException e) {
            troubled(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("{}: a look failed; there will be others", source, e);
        }
    }

    private synchronized void found(Consumer<Set<Target>> snapshots, Set<Target> now) {
        if (closed) {
            return;
        }
        if (trouble != null) {
            trouble = null;
            log.info("{} can be read again", source);
        }
        if (!now.equals(last)) {
            last = now;
            log.info("{} names {} nodes", source, now.size());
            snapshots.accept(now);
        }
    }

    private synchronized void troubled(String why) {
        if (!closed && !why.equals(trouble)) {
            trouble = why;
            log.warn("{}: {}; {}", source, why, last == null ? "no node is known from it" : "its last nodes stay");
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        thread.shutdownNow();
    }
}
