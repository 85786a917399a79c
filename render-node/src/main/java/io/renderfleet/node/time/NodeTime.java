package io.renderfleet.node.time;

import java.time.Duration;
import java.time.Instant;

/**
 * The clock and the alarm of a node. Thread-safe.
 *
 * <p>{@link #system()} is the real one. A test brings its own and moves it by hand.
 */
public interface NodeTime {

    /**
     * Returns the time.
     *
     * @return now
     */
    Instant now();

    /**
     * Runs something later.
     *
     * @param delay how much later; zero or less for as soon as possible
     * @param task quick and without blocking; what it throws is logged
     * @return calls it off, without effect once the task has begun
     */
    Registration after(Duration delay, Runnable task);

    /**
     * Returns the time of this machine, with one daemon thread for the alarms of the whole process.
     *
     * @return always the same object
     */
    static NodeTime system() {
        return SystemTime.INSTANCE;
    }
}
