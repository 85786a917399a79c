package io.renderfleet.core.spi;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is to render.
 *
 * @param name a name for logs, such as {@code shot-010/7}
 * @param scene the scene file, absolute, inside its unpacked folder where it came as a zip; null where the request names none and
 *     the node has no default
 * @param frames which frames, in order; at least one
 * @param settings what the request sets
 * @param scenePolicy what to do where the scene cannot be rendered just as it was saved
 * @param output how the files are called
 * @param outputFolder where files go, absolute, this attempt's own
 * @param workFolder for temporary files, absolute, this attempt's own; the node clears it afterwards
 * @param timeout how long the run may take once rendering has begun, or null; the node watches it
 * @param traceparent of which trace this is a part, as the header of W3C Trace Context has it, or null
 */
public record RenderTask(
        String name,
        @Nullable Path scene,
        FrameSet frames,
        RenderSettings settings,
        ScenePolicy scenePolicy,
        OutputPattern output,
        Path outputFolder,
        Path workFolder,
        @Nullable Duration timeout,
        @Nullable String traceparent) {

    /**
     * Returns the same task with another scene.
     *
     * @param other the scene file, absolute, or null for none
     * @param policy what to do where it cannot be rendered just as it was saved
     * @return a changed copy
     */
    public RenderTask withScene(@Nullable Path other, ScenePolicy policy) {
        return new RenderTask(
                name, other, frames, settings, policy, output, outputFolder, workFolder, timeout, traceparent);
    }

    /**
     * Gives other frames of the same task.
     *
     * @param others which frames, at least one
     * @return a changed copy
     */
    public RenderTask withFrames(FrameSet others) {
        return new RenderTask(
                name, scene, others, settings, scenePolicy, output, outputFolder, workFolder, timeout, traceparent);
    }
}
