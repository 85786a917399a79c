package io.renderfleet.core.spi;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it is handed to a node.
 *
 * @param job the job
 * @param batch the batch
 * @param attempt which try, with the sender's own epoch
 * @param key the idempotency key: the attempt's id when it was first sent
 * @param frames which frames, in order
 * @param scene what to render; a local one has its digest
 * @param settings what the request sets
 * @param output the pattern of the file names
 * @param timeout how long it may take once rendering has begun, or null
 * @param renderer the name of the engine that is to render it, or null for whatever the target has
 * @param scenePolicy what to do where the scene cannot be rendered just as it was saved
 * @param traceparent the W3C trace context, or null
 */
public record Assignment(
        JobId job,
        BatchId batch,
        AttemptId attempt,
        String key,
        FrameSet frames,
        Scene scene,
        RenderSettings settings,
        OutputPattern output,
        @Nullable Duration timeout,
        @Nullable String renderer,
        ScenePolicy scenePolicy,
        @Nullable String traceparent) {}
