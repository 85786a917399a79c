package io.renderfleet.core.local;

import io.renderfleet.core.model.FrameSet;
import java.util.OptionalInt;

/** The frames of one run that are still to be rendered, from which a shortening can take some away. Thread-safe. */
public final class FrameQueue {
    private FrameSet begun = FrameSet.empty();
    private FrameSet waiting;

    /**
     * Makes a queue in which no frame has begun.
     *
     * @param frames the frames of the task
     */
    public FrameQueue(FrameSet frames) {
        this.waiting = frames;
    }

    /**
     * Takes the lowest frame that has not begun. From then on it belongs to the run, whatever a shortening says.
     *
     * @return the frame, or empty if none is left
     */
    public synchronized OptionalInt next() {
        if (waiting.isEmpty()) {
            return OptionalInt.empty();
        }
        int frame = waiting.first();
        waiting = waiting.skip(1);
        begun = begun.union(FrameSet.of(frame));
        return OptionalInt.of(frame);
    }

    /**
     * Gives up the frames that have not begun and that nobody wants to keep.
     *
     * @param keep the frames to keep; frames that the run never had, or has given up, do not come back
     * @return all frames that the run will have rendered in the end: those that have begun, and those that it keeps
     */
    public synchronized FrameSet shorten(FrameSet keep) {
        waiting = waiting.intersect(keep);
        return begun.union(waiting);
    }
}
