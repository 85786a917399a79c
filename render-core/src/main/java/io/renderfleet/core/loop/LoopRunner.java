package io.renderfleet.core.loop;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Gives a {@link Loop} one thread, which sleeps while there is nothing to do. */
public final class LoopRunner implements AutoCloseable {
    private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

    private final Loop loop;
    private final Thread thread;
    private volatile boolean stopping;

    private LoopRunner(Loop loop, String name) {
        this.loop = loop;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /**
     * Starts a thread for a loop.
     *
     * @param loop which nobody else steps
     * @param name of the thread
     * @return the running runner
     */
    public static LoopRunner start(Loop loop, String name) {
        LoopRunner runner = new LoopRunner(loop, name);
        loop.driveBy(() -> LockSupport.unpark(runner.thread));
        runner.thread.start();
        return runner;
    }

    /** Lets the loop work off what is in its inbox, then ends the thread and waits for it. Can be called twice. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // The caller goes on with what belonged to the loop, and the loop waits for nothing.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            loop.step();
            if (stopping && loop.isIdle()) {
                loop.undriven();
                loop.step();
                return;
            }
            if (!stopping && loop.mayRest()) {
                LockSupport.parkNanos(loop, sleep(loop.untilNextTimer()).toNanos());
            }
        }
    }

    private static Duration sleep(@Nullable Duration untilTimer) {
        return untilTimer == null || untilTimer.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : untilTimer;
    }
}
