package io.renderfleet.core.model;

import org.jspecify.annotations.Nullable;

/**
 * What a node has found out about a scene that it has loaded.
 *
 * @param frameRate how many frames its film shows in a second, or null where the renderer does not say
 * @param simulation simulations that are not baked; null where no frame depends on the frames before it
 * @param baked the scene with these simulations baked, once the node has it ready; null until then, and where it does not bake
 */
public record SceneReport(
        @Nullable FrameRate frameRate,
        @Nullable UnbakedSimulation simulation,
        @Nullable BakedScene baked) {}
