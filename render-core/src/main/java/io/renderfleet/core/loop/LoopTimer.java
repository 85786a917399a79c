package io.renderfleet.core.loop;

import org.jspecify.annotations.Nullable;

/** A task that waits for its time in a {@link Loop}. For the loop's thread only. */
public final class LoopTimer implements Comparable<LoopTimer> {
    private final long dueNanos;
    private final long number;
    private final Loop loop;
    private @Nullable Runnable task;
    private boolean cancelled;

    LoopTimer(long dueNanos, long number, Loop loop, Runnable task) {
        this.dueNanos = dueNanos;
        this.number = number;
        this.loop = loop;
        this.task = task;
    }

    /** Makes sure that the task does not run, unless it has; what the task holds is free at once. */
    public void cancel() {
        cancelled = true;
        if (task != null) {
            task = null;
            loop.timerCancelled();
        }
    }

    /**
     * Returns whether it was cancelled.
     *
     * @return true after {@link #cancel()}
     */
    public boolean isCancelled() {
        return cancelled;
    }

    long dueNanos() {
        return dueNanos;
    }

    boolean isDue(long nowNanos) {
        return dueNanos - nowNanos <= 0;
    }

    /** Gives the task away, once; null if the timer was cancelled. */
    @Nullable Runnable take() {
        Runnable taken = task;
        task = null;
        return taken;
    }

    /** Earlier first; of two for the same moment, the one that was scheduled first. */
    @Override
    public int compareTo(LoopTimer other) {
        int byTime = Long.compare(dueNanos - other.dueNanos, 0);
        return byTime != 0 ? byTime : Long.compare(number, other.number);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }
}
