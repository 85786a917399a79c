package io.renderfleet.core.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The threads that an executor makes for itself where it is given none. */
final class OwnThreads {
    private static final int IO_THREADS = 8;

    private OwnThreads() {}

    /** For what blocks. */
    static Executor io(Resources resources) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                IO_THREADS, IO_THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> daemon(task, "io"));
        pool.allowCoreThreadTimeOut(true);
        resources.add(() -> close(pool));
        return pool;
    }

    /** For listeners and futures of the application, in order. One of them may close the executor, which then does not wait for itself. */
    static Executor callbacks(Resources resources) {
        AtomicReference<@Nullable Thread> current = new AtomicReference<>();
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = daemon(task, "callbacks");
            current.set(thread);
            return thread;
        });
        resources.add(() -> {
            executor.shutdown();
            if (Thread.currentThread() != current.get()) {
                close(executor);
            }
        });
        return executor;
    }

    private static void close(ExecutorService executor) {
        executor.shutdown();
        try {
            executor.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, "renderfleet-" + name);
        thread.setDaemon(true);
        return thread;
    }
}
