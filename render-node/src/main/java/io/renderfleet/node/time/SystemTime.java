package io.renderfleet.node.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The time of this machine. */
final class SystemTime implements NodeTime {
    static final SystemTime INSTANCE = new SystemTime();

    private static final Logger log = LoggerFactory.getLogger(SystemTime.class);

    private final ScheduledThreadPoolExecutor alarms;

    private SystemTime() {
        alarms = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "render-node-time");
            thread.setDaemon(true);
            return thread;
        });
        // Held polls mostly end before their time; their alarms must not pile up until then.
        alarms.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Registration after(Duration delay, Runnable task) {
        ScheduledFuture<?> alarm =
                alarms.schedule(() -> runSafely(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        return () -> alarm.cancel(false);
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("A timed task of a node failed", e);
        }
    }
}
