package io.renderfleet.node;

import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.node.scene.SceneRef;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks a node to render. Two requests with the same idempotency key must be equal.
 *
 * @param frames which frames, in order; 1 to {@link RenderRequest#MAX_FRAMES}
 * @param scene what to render
 * @param output how the files are called
 * @param settings what the request sets
 * @param renderer the name of the engine that is to render it, or null for the node's own
 * @param scenePolicy what to do where the scene cannot be rendered just as it was saved
 * @param timeout how long the job may take once rendering has begun, or null for no limit
 * @param job the name of the job for logs and folders, or null
 * @param batch the name of the batch for logs, or null
 */
public record NodeJobRequest(
        FrameSet frames,
        SceneRef scene,
        OutputPattern output,
        RenderSettings settings,
        @Nullable String renderer,
        ScenePolicy scenePolicy,
        @Nullable Duration timeout,
        @Nullable JobId job,
        @Nullable BatchId batch) {

    /**
     * Checks frames and timeout.
     *
     * @throws IllegalArgumentException naming the field, its value and what would be right
     */
    public NodeJobRequest {
        if (frames.isEmpty() || frames.size() > RenderRequest.MAX_FRAMES) {
            throw new IllegalArgumentException("frames: " + frames.size() + " frames are asked for, 1 to "
                    + RenderRequest.MAX_FRAMES + " are allowed in a job");
        }
        if (timeout != null
                && (timeout.isNegative() || timeout.isZero() || timeout.compareTo(RenderRequest.MAX_TIMEOUT) > 0)) {
            throw new IllegalArgumentException("timeoutSeconds is " + timeout.toSeconds() + ": it must be from 1 to "
                    + RenderRequest.MAX_TIMEOUT.toSeconds());
        }
    }

    /**
     * Makes the simplest request: the node's default scene, with everything else as usual.
     *
     * @param frames which frames
     * @return the request
     */
    public static NodeJobRequest of(FrameSet frames) {
        return new NodeJobRequest(
                frames,
                SceneRef.DEFAULT,
                OutputPattern.DEFAULT,
                RenderSettings.SCENE_DEFAULTS,
                null,
                ScenePolicy.DEFAULT,
                null,
                null,
                null);
    }
}
