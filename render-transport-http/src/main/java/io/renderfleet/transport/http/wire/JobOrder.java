package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What {@code POST /job} asks for, checked. Two bodies that mean the same give equal orders, however they are written.
 *
 * @param frames 1 to 1,000,000 frames, in order
 * @param scene which scene
 * @param output how the files are called
 * @param settings what is set
 * @param renderer the name of the engine that is to render it, or null for the node's own
 * @param scenePolicy what to do where the scene cannot be rendered just as it was saved
 * @param timeout how long it may take once rendering has begun, or null
 * @param job the name of the job for logs and folders, or null
 * @param batch the name of the batch for logs and folders, or null
 */
public record JobOrder(
        FrameSet frames,
        SceneReference scene,
        OutputPattern output,
        RenderSettings settings,
        @Nullable String renderer,
        ScenePolicy scenePolicy,
        @Nullable Duration timeout,
        @Nullable JobId job,
        @Nullable BatchId batch) {}
