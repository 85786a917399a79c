package io.renderfleet.core.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What it costs a node to load the scene of a job: how much longer batches took that had to. Belongs to the loop. */
final class LoadTime {
    private static final double SMOOTHING = 0.3;

    private @Nullable Double cold;
    private @Nullable Double warm;
    private @Nullable Long leftSince;

    /** What a batch took beyond its frames. */
    void started(Duration overhead, boolean wasWarm) {
        double seconds = Math.max(0, overhead.toNanos()) / 1e9;
        if (wasWarm) {
            warm = smooth(warm, seconds);
        } else {
            cold = smooth(cold, seconds);
        }
    }

    private static double smooth(@Nullable Double before, double now) {
        return before == null ? now : before + SMOOTHING * (now - before);
    }

    /** A node that would have to load the scene leaves the job to those that have it. Since when such nodes have, without these having taken anything. */
    long leftToOthers(long nowNanos) {
        long since = leftSince == null ? nowNanos : leftSince;
        leftSince = since;
        return since;
    }

    /** Whether the job has been left to nodes that have taken nothing for so long. */
    boolean hasWaitedFor(Duration patience, long nowNanos) {
        return leftSince != null && nowNanos - leftSince >= patience.toNanos();
    }

    /** Something of the job is handed out. */
    void handedOut() {
        leftSince = null;
    }

    /** What a batch takes beyond its frames where the scene is loaded, or is not, in seconds; null before such a one was measured. */
    @Nullable Double start(boolean isWarm) {
        return isWarm ? warm : cold;
    }

    /** In seconds; null before anything was measured. */
    @Nullable Double seconds() {
        return cold == null ? null : Math.max(0, cold - (warm == null ? 0 : warm));
    }
}
