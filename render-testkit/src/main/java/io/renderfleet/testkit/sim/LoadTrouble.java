package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.spi.Assignment;
import org.jspecify.annotations.Nullable;

/** Which scenes cannot be loaded, where, and how that fails. */
@FunctionalInterface
public interface LoadTrouble {

    /** Every scene can be loaded everywhere. */
    LoadTrouble NONE = (assignment, node) -> null;

    /**
     * Asked whenever a node begins a batch; what it says ends the batch once the node has started up, before its first frame.
     *
     * @param assignment the batch, with its scene and frames
     * @param node who renders
     * @return how it fails, with or without naming a frame; null if it does not
     */
    @Nullable Failure with(Assignment assignment, NodeSpec node);
}
