package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.Failure;
import org.jspecify.annotations.Nullable;

/** Which frames fail, where, and how. */
@FunctionalInterface
public interface FrameTrouble {

    /** Nothing fails. */
    FrameTrouble NONE = (frame, node) -> null;

    /**
     * Asked whenever a node has rendered a frame; what it says ends the batch.
     *
     * @param frame the frame's number
     * @param node who renders
     * @return how it fails, with or without naming the frame; null if it does not
     */
    @Nullable Failure with(int frame, NodeSpec node);
}
