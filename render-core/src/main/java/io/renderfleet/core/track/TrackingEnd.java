package io.renderfleet.core.track;

import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.BatchEnd;
import org.jspecify.annotations.Nullable;

/** How the watching of a remote job ended. Callers keep a default branch. */
public sealed interface TrackingEnd {

    /**
     * The job is over.
     *
     * @param end how
     * @param executedBy who did it, where the target says so
     */
    record Ended(BatchEnd end, @Nullable NodeId executedBy) implements TrackingEnd {}

    /** The target does not know the job (any more). */
    record Lost() implements TrackingEnd {}

    /**
     * The target gave no sensible answer for too long.
     *
     * @param cause the last trouble
     */
    record OutOfReach(String cause) implements TrackingEnd {}
}
