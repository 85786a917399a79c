package io.renderfleet.transport.servicebus;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread of a broker object. After it has ended it takes nothing more. Thread-safe. */
final class ServiceBusThread {
    private static final Logger log = LoggerFactory.getLogger(ServiceBusThread.class);

    private final ScheduledThreadPoolExecutor executor;

    ServiceBusThread() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "renderfleet-servicebus");
            made.setDaemon(true);
            return made;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    /** Returns false if the thread has ended. */
    boolean execute(Runnable task) {
        try {
            executor.execute(guarded(task));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Returns null if the thread has ended. */
    @Nullable ScheduledFuture<?> after(Duration pause, Runnable task) {
        try {
            return executor.schedule(guarded(task), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return null;
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.error("a task of the broker's thread failed", e);
            }
        };
    }

    /** Does what was asked for already, and ends. */
    void end(Duration atMost) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            executor.shutdownNow();
        }
    }
}
