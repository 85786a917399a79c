package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.UnbakedSimulation;
import org.jspecify.annotations.Nullable;

/** Says which scenes of a simulated farm have simulations that are not baked. */
@FunctionalInterface
public interface UnbakedScenes {
    /** All scenes are baked. */
    UnbakedScenes NONE = scene -> null;

    /**
     * Describes the simulations of a scene. It is not called for a scene that a node has baked.
     *
     * @param scene the scene as it was sent
     * @return from when to when, and what a frame takes to step through, which must be known; null where nothing is unbaked
     */
    @Nullable UnbakedSimulation in(Scene scene);
}
