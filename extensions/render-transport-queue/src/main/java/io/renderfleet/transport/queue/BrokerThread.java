package io.renderfleet.transport.queue;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which a {@link Broker} calls its server, so that nobody else waits for it and its state needs no lock.
 *
 * <p>Thread-safe. The thread is a daemon.
 */
public final class BrokerThread {
    private final ScheduledThreadPoolExecutor executor;
    private boolean closed;

    /**
     * Makes a thread; it starts with the first task.
     *
     * @param name what dumps of threads show, such as {@code renderfleet-rabbitmq}
     */
    public BrokerThread(String name) {
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    /**
     * What runs tasks on the thread, at once or later.
     *
     * @return the executor, which refuses tasks once this is closed
     */
    public ScheduledExecutorService executor() {
        return executor;
    }

    /**
     * Has the thread run a task after those that wait.
     *
     * @param task what to run
     * @return false if this is closed: the task does not run
     */
    public boolean execute(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /**
     * Runs a last task, and ends the thread. What was to run later does not. Once this was called, it does nothing.
     *
     * @param last what to run at the end
     * @param patience for how long to wait for it
     * @param otherwise what to do, on the caller's thread, if it takes longer or the caller is interrupted meanwhile
     */
    public synchronized void close(Runnable last, Duration patience, Runnable otherwise) {
        if (closed) {
            return;
        }
        closed = true;
        execute(last);
        executor.shutdown();
        try {
            if (!executor.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                otherwise.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            otherwise.run();
        }
    }
}
