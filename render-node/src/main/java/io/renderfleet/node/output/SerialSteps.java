package io.renderfleet.node.output;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does steps one after another, in order, on the threads of somebody else. Thread-safe. */
public final class SerialSteps {
    private static final Logger log = LoggerFactory.getLogger(SerialSteps.class);

    private final Executor threads;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    /**
     * Begins without a step.
     *
     * @param threads where steps run
     */
    public SerialSteps(Executor threads) {
        this.threads = threads;
    }

    /**
     * Adds a step.
     *
     * @param step runs after all that were added before; what it throws is logged
     */
    public void add(Runnable step) {
        synchronized (waiting) {
            waiting.add(step);
            if (running) {
                return;
            }
            running = true;
        }
        threads.execute(this::run);
    }

    private void run() {
        while (true) {
            Runnable step;
            synchronized (waiting) {
                step = waiting.poll();
                if (step == null) {
                    running = false;
                    return;
                }
            }
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                // The next steps end the job: without them it would keep its slot for ever.
                log.error("A step of a job failed", e);
            }
        }
    }
}
