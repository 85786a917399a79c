package io.renderfleet.core.model;

import org.jspecify.annotations.Nullable;

/**
 * Frames of a job that go to a node together, as they stand at one moment.
 *
 * @param id unique in the job
 * @param frames which frames
 * @param state how it stands
 * @param node who renders it, or null where that is not known (yet)
 * @param attempt the number of this try of these frames, from 1
 * @param progress how far it is
 * @param failure why it failed, or null
 */
public record Batch(
        BatchId id,
        FrameSet frames,
        State state,
        @Nullable NodeId node,
        int attempt,
        BatchProgress progress,
        @Nullable Failure failure) {

    /** How a batch stands. */
    public enum State {
        /** Handed to a node that has not answered yet. */
        DISPATCHED,
        /** Taken by a node. */
        RUNNING,
        /** Rendered; its frames are being fetched. */
        COLLECTING,
        /** All its frames are there. */
        COMPLETED,
        /** Not all were rendered. */
        FAILED,
        /** Given back or lost; its frames go elsewhere. */
        RETURNED,
        /** Stopped. */
        CANCELLED
    }
}
