package io.renderfleet.transport.servicebus;

import io.renderfleet.transport.queue.BrokerThread;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread of a broker object. After it has ended it takes nothing more. Thread-safe. */
final class ServiceBusThread {
    private static final Logger log = LoggerFactory.getLogger(ServiceBusThread.class);

    private final BrokerThread thread = new BrokerThread("renderfleet-servicebus");

    /** Returns false if the thread has ended. */
    boolean execute(Runnable task) {
        return thread.execute(guarded(task));
    }

    /** Returns null if the thread has ended. */
    @Nullable ScheduledFuture<?> after(Duration pause, Runnable task) {
        try {
            return thread.executor().schedule(guarded(task), pause.toMillis(), TimeUnit.MILLISECONDS);
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

    /** Does what was asked for already, and at last this, and ends. */
    void end(Runnable last, Duration atMost) {
        thread.close(guarded(last), atMost, thread.executor()::shutdownNow);
    }
}
