package io.renderfleet.core.engine.node;

import io.renderfleet.core.loop.LoopTimer;
import io.renderfleet.core.loop.TimeSource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a node answered last, and when it is asked next. {@link NodeHealth} reports answers and misses, {@link Prober} asks. Moments are
 * nanoseconds on the loop's clock.
 */
final class NodeContact {
    private long lastSeenNanos;
    private @Nullable Instant lastSeenAt;
    private @Nullable Long outOfReachSince;
    private int missedCalls;
    private long holdsUntil;
    private boolean probing;
    private @Nullable LoopTimer probeTimer;

    NodeContact(long nowNanos) {
        lastSeenNanos = nowNanos;
        holdsUntil = nowNanos;
    }

    void seen(TimeSource time) {
        lastSeenNanos = time.nanos();
        lastSeenAt = time.now();
        outOfReachSince = null;
        missedCalls = 0;
    }

    @Nullable Instant lastSeenAt() {
        return lastSeenAt;
    }

    long silentFor(long nowNanos) {
        return nowNanos - lastSeenNanos;
    }

    /** Gives for how long the node has been out of reach. */
    long missed(long nowNanos) {
        missedCalls++;
        if (outOfReachSince == null) {
            outOfReachSince = nowNanos;
        }
        return nowNanos - outOfReachSince;
    }

    int missedCalls() {
        return missedCalls;
    }

    /** The node was asked to hold an answer until then. */
    void holds(long until) {
        if (until - holdsUntil > 0) {
            holdsUntil = until;
        }
    }

    void holdsNothing() {
        holdsUntil = lastSeenNanos;
    }

    /** For how long the node may be silent since it was last seen, because it holds an answer. */
    long mayBeSilentFor() {
        return holdsUntil - lastSeenNanos;
    }

    boolean isProbing() {
        return probing;
    }

    void probing(boolean now) {
        probing = now;
    }

    void probeBy(@Nullable LoopTimer next) {
        if (probeTimer != null) {
            probeTimer.cancel();
        }
        probeTimer = next;
    }
}
