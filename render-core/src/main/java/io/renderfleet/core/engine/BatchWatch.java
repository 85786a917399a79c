package io.renderfleet.core.engine;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.track.Tracking;
import io.renderfleet.core.track.TrackingEnd;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What polls have brought of a batch. Changed by {@link BatchFollower}; others only say that they want to hear more of it. */
final class BatchWatch {
    private static final long BALANCING = Duration.ofSeconds(2).toNanos();

    private BatchProgress progress = BatchProgress.NONE;
    private long currentSince;
    private @Nullable Long begunNanos;
    private @Nullable Long progressNanos;
    private long quietNanos;
    private @Nullable Long balancedNanos;
    private @Nullable Tracking tracking;
    private @Nullable TrackingEnd end;
    private @Nullable Long endedNanos;

    void begins(Tracking by) {
        tracking = by;
    }

    /** Polls no more. */
    void stop() {
        if (tracking != null) {
            tracking.stop();
        }
    }

    /**
     * The node has said how far it is.
     *
     * @param longestGap how much counts at most of the time since the last answer: who did not ask has not seen that nothing went on
     */
    void seen(BatchProgress now, long nowNanos, long longestGap) {
        if (progressNanos == null || isAhead(now, progress)) {
            quietNanos = 0;
        } else {
            quietNanos += Math.min(nowNanos - progressNanos, longestGap);
        }
        progress = now;
        progressNanos = nowNanos;
    }

    /** Whether a frame, a sample or the scene has come in between. How long the node thinks that it will take is no progress. */
    private static boolean isAhead(BatchProgress now, BatchProgress before) {
        return !now.finished().equals(before.finished())
                || !Objects.equals(now.currentFrame(), before.currentFrame())
                || now.sample() > before.sample()
                || !Objects.equals(now.scene(), before.scene());
    }

    /** For how long the node has said that it renders, and nothing has come of it. */
    long quietNanos() {
        return quietNanos;
    }

    /** Another frame is being rendered, as far as is known since then. */
    void currentSince(long nanos) {
        currentSince = nanos;
    }

    /** Its first frame is being rendered, as far as is known since then. */
    void begunSince(long nanos) {
        begunNanos = begunNanos == null ? Long.valueOf(nanos) : begunNanos;
    }

    /** When its first frame began; null where nobody saw it. */
    @Nullable Long begunNanos() {
        return begunNanos;
    }

    void ended(TrackingEnd how, long nowNanos) {
        end = how;
        endedNanos = nowNanos;
    }

    /** The balancer looks at it: its progress is wanted for the next seconds. */
    void balanced(long nowNanos) {
        balancedNanos = nowNanos;
        progressWanted(true, nowNanos);
    }

    /** Has progress asked for if somebody looks, or the balancer has looked lately. */
    void progressWanted(boolean watched, long nowNanos) {
        boolean balancing = balancedNanos != null && nowNanos - balancedNanos < BALANCING;
        if (tracking != null) {
            tracking.progressWanted(watched || balancing);
        }
    }

    /** The node is to answer within that time; null where it may hold its answer as long as ever. */
    void heldAtMost(@Nullable Duration hold) {
        if (tracking != null) {
            tracking.heldAtMost(hold);
        }
    }

    BatchProgress progress() {
        return progress;
    }

    /** Whether a frame of it is being rendered, or is done. */
    boolean hasBegun() {
        return progress.currentFrame() != null || !progress.finished().isEmpty();
    }

    /** When the current frame began, as far as is known. */
    long currentSince() {
        return currentSince;
    }

    /** When progress was reported last; null before the first time. */
    @Nullable Long progressNanos() {
        return progressNanos;
    }

    /** How it ended on its node; null before that was heard. */
    @Nullable TrackingEnd end() {
        return end;
    }

    /** When that was heard. */
    @Nullable Long endedNanos() {
        return endedNanos;
    }
}
