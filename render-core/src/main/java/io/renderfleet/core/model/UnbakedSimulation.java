package io.renderfleet.core.model;

import org.jspecify.annotations.Nullable;

/**
 * What a node has found of simulations that are not baked and that frames of its batch can show.
 *
 * @param first the frame at which the first of them begins
 * @param last the last frame that depends on one of them: that of its cache, or the last one of the batch where that comes before
 * @param secondsPerFrame what it takes to step through a frame on that node, or null before the node has tried
 */
public record UnbakedSimulation(
        int first, int last, @Nullable Double secondsPerFrame) {

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if it is empty, or the time negative or not finite
     */
    public UnbakedSimulation {
        if (last < first) {
            throw new IllegalArgumentException("a simulation from frame " + first + " to " + last + " has no frames");
        }
        if (secondsPerFrame != null && (secondsPerFrame < 0 || !Double.isFinite(secondsPerFrame))) {
            throw new IllegalArgumentException("a frame of a simulation that takes " + secondsPerFrame + " s");
        }
    }
}
