package io.renderfleet.node.engine;

import io.renderfleet.core.model.FrameSet;
import java.util.OptionalInt;

/** The frames of one run that are still to be rendered, from which a shortening can take some away. Thread-safe. */
final class FrameQueue {
    private FrameSet begun = FrameSet.empty();
    private FrameSet waiting;

    FrameQueue(FrameSet frames) {
        this.waiting = frames;
    }

    synchronized OptionalInt next() {
        if (waiting.isEmpty()) {
            return OptionalInt.empty();
        }
        int frame = waiting.first();
        waiting = waiting.skip(1);
        begun = begun.union(FrameSet.of(frame));
        return OptionalInt.of(frame);
    }

    /** Gives up what was not begun and is not to be kept; answers with all that will have been rendered. */
    synchronized FrameSet shorten(FrameSet keep) {
        waiting = waiting.intersect(keep);
        return begun.union(waiting);
    }
}
