package io.renderfleet.core.local;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts programs from one permanent thread.
 *
 * <p>Linux can send a signal to a program whose parent dies, but means the parent's <em>thread</em> (prctl(2), PR_SET_PDEATHSIG): a
 * program that wants such a signal would end with the thread that started it. Thread-safe.
 */
public final class Spawner {
    private static final ExecutorService THREAD = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "renderfleet-spawner");
        thread.setDaemon(true);
        return thread;
    });

    private Spawner() {}

    /**
     * Starts a program.
     *
     * @param builder what to start
     * @return the process
     * @throws IOException if it cannot be started, or the calling thread is interrupted
     */
    public static Process start(ProcessBuilder builder) throws IOException {
        try {
            return THREAD.submit(builder::start).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException("a program could not be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a program was started", e);
        }
    }
}
