package io.renderfleet.core.model;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to render a batch, as the history of its job has it: under way or over. All times are those of the coordinator's clock.
 *
 * @param id the attempt, unique in the farm
 * @param batch the batch as it stands, or as it ended; its frames are those that it kept until then
 * @param target where it was sent
 * @param speculationOn the batch whose frames this one renders a second time, or null
 * @param delivered its frames that were accepted
 * @param queuedAt since when its frames had waited: since the job was submitted or retried, or since an attempt before gave them up
 * @param dispatchedAt when the coordinator chose the node
 * @param acceptedAt when the node took it; null where it has not
 * @param endedAt when it was over, with all frames fetched that are; null while it is under way
 * @param facts what else was seen of it
 */
public record BatchAttempt(
        AttemptId id,
        Batch batch,
        URI target,
        @Nullable BatchId speculationOn,
        FrameSet delivered,
        Instant queuedAt,
        Instant dispatchedAt,
        @Nullable Instant acceptedAt,
        @Nullable Instant endedAt,
        AttemptFacts facts) {

    /**
     * Returns how long its frames waited for a node.
     *
     * @return never negative
     */
    public Duration queueTime() {
        return between(queuedAt, dispatchedAt);
    }

    /**
     * Returns how long it took from the choice of the node until the node had it, its scene included.
     *
     * @return null where the node has not taken it
     */
    public @Nullable Duration startTime() {
        return acceptedAt == null ? null : between(dispatchedAt, acceptedAt);
    }

    /**
     * Returns how long the node took to begin the first frame: it starts the renderer and loads the scene. Where nobody saw the beginning
     * of a batch that completed, this is what its time on the node leaves beside its frames.
     *
     * @return null where it is not known
     */
    public @Nullable Duration loadTime() {
        if (acceptedAt == null) {
            return null;
        }
        Instant begun = facts.begunAt();
        if (begun != null) {
            return between(acceptedAt, begun);
        }
        Instant rendered = facts.renderedAt();
        Duration frames = facts.rendering();
        boolean whole = batch.state() == Batch.State.COMPLETED;
        return whole && rendered != null && frames != null
                ? positive(between(acceptedAt, rendered).minus(frames))
                : null;
    }

    /**
     * Returns what its accepted frames took on the node.
     *
     * @return null where it is not known
     */
    public @Nullable Duration renderTime() {
        return facts.rendering();
    }

    /**
     * Returns how long the last frames took to arrive once the node was done.
     *
     * @return null where it is not known
     */
    public @Nullable Duration fetchTime() {
        Instant rendered = facts.renderedAt();
        return endedAt == null || rendered == null ? null : between(rendered, endedAt);
    }

    private static Duration between(Instant from, Instant to) {
        return positive(Duration.between(from, to));
    }

    /** A clock that was set back gives no negative times. */
    private static Duration positive(Duration time) {
        return time.isNegative() ? Duration.ZERO : time;
    }
}
