package io.renderfleet.engine.blender;

import io.renderfleet.core.model.FrameSet;
import java.util.OptionalInt;

/** Which frames of a run are still to be begun. Thread-safe. */
final class FramePlan {
    private FrameSet waiting;
    private FrameSet begun = FrameSet.empty();

    FramePlan(FrameSet frames) {
        this.waiting = frames;
    }

    /** Takes the next frame, in the order of the task. */
    synchronized OptionalInt next() {
        if (waiting.isEmpty()) {
            return OptionalInt.empty();
        }
        int frame = waiting.first();
        waiting = waiting.skip(1);
        begun = begun.union(FrameSet.of(frame));
        return OptionalInt.of(frame);
    }

    /** Gives up what has not been begun and is not to be kept; returns what the run comes to in the end. */
    synchronized FrameSet shorten(FrameSet keep) {
        waiting = waiting.intersect(keep);
        return begun.union(waiting);
    }
}
