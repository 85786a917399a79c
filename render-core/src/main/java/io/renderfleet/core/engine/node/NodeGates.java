package io.renderfleet.core.engine.node;

import io.renderfleet.core.loop.LoopTimer;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a node that are taken, and until when it gets no work. Changed by {@link NodeSlots} alone, so that the set of free nodes
 * always agrees with it. Moments are nanoseconds on the loop's clock.
 */
final class NodeGates {
    private int reserved;
    private boolean free;
    private long slotGate;
    private long slotsTakenAt;
    private long throttleGate;
    private @Nullable LoopTimer timer;

    /** The speed under which the node stands among the free ones; changes only while it is not among them. */
    private double rank = 1;

    /** What the node adds to the speed of the farm. */
    private double countedSpeed;

    NodeGates(long nowNanos) {
        slotGate = nowNanos;
        slotsTakenAt = nowNanos;
        throttleGate = nowNanos;
    }

    int reserved() {
        return reserved;
    }

    void reserve() {
        reserved++;
    }

    /** Gives a slot back; a batch that ended after the node had said that it has none lifts the wait for one. */
    void release(@Nullable Long endedNanos, long nowNanos) {
        reserved--;
        if (endedNanos != null && endedNanos - slotsTakenAt >= 0) {
            slotGate = nowNanos;
        }
    }

    boolean isFree() {
        return free;
    }

    void free(boolean now) {
        free = now;
    }

    void closeSlots(long until, long nowNanos) {
        slotGate = later(slotGate, until);
        slotsTakenAt = nowNanos;
    }

    void throttle(long until) {
        throttleGate = later(throttleGate, until);
    }

    /** How long until it may be called; zero or less if it may now. */
    long untilCalls(long nowNanos) {
        return throttleGate - nowNanos;
    }

    /** How long until it may get work; zero or less if it may now. */
    long untilOpen(long nowNanos) {
        return later(slotGate, throttleGate) - nowNanos;
    }

    void wakeBy(@Nullable LoopTimer next) {
        if (timer != null) {
            timer.cancel();
        }
        timer = next;
    }

    double rank() {
        return rank;
    }

    void rank(double now) {
        rank = now;
    }

    /** Counts the node with another speed. Gives by how much that differs. */
    double count(double speed) {
        double more = speed - countedSpeed;
        countedSpeed = speed;
        return more;
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }
}
