package io.renderfleet.node.journal;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.node.scene.SceneRef;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was accepted.
 *
 * @param id the job's id
 * @param pid its alias
 * @param acceptedAt when
 * @param key the idempotency key, or null
 * @param attempt which attempt of a coordinator, or null
 * @param traceparent the W3C trace context, or null
 * @param frames which frames
 * @param scene what to render
 * @param output how the files are called
 * @param settings what the request sets
 * @param renderer the name of the engine that was asked for, or null
 * @param scenePolicy what to do where the scene cannot be rendered just as it was saved
 * @param timeout how long it may take, or null
 * @param job the name of the job, or null
 * @param batch the name of the batch, or null
 * @param published the folder of published frames, relative to the output root, or null where a coordinator publishes
 * @param attemptFolder the folder of the attempt, relative to the output root
 */
public record JobRecord(
        String id,
        long pid,
        Instant acceptedAt,
        @Nullable String key,
        @Nullable AttemptId attempt,
        @Nullable String traceparent,
        FrameSet frames,
        SceneRef scene,
        OutputPattern output,
        RenderSettings settings,
        @Nullable String renderer,
        ScenePolicy scenePolicy,
        @Nullable Duration timeout,
        @Nullable JobId job,
        @Nullable BatchId batch,
        @Nullable String published,
        String attemptFolder) {

    static final String KIND = "job";

    Line line() {
        SceneRef.Content content = scene instanceof SceneRef.Content c ? c : null;
        SceneRef.Named named = scene instanceof SceneRef.Named n ? n : null;
        return Line.of(
                KIND,
                id,
                pid,
                acceptedAt,
                key,
                attempt,
                traceparent,
                frames,
                content != null ? SceneRef.CONTENT_PREFIX + content.digest() : named != null ? named.name() : null,
                content != null ? content.entry() : null,
                output,
                SettingsText.format(settings),
                timeout,
                job,
                batch,
                published,
                attemptFolder,
                renderer,
                PolicyText.format(scenePolicy));
    }

    static JobRecord from(Line line) {
        String attempt = line.find(5);
        String settings = line.find(11);
        String timeout = line.find(12);
        String job = line.find(13);
        String batch = line.find(14);
        return new JobRecord(
                line.get(1),
                Long.parseLong(line.get(2)),
                Instant.parse(line.get(3)),
                line.find(4),
                attempt == null ? null : AttemptId.parse(attempt),
                line.find(6),
                FrameSet.parse(line.get(7)),
                SceneRef.parse(line.find(8), line.find(9)),
                new OutputPattern(line.get(10)),
                SettingsText.parse(settings == null ? "" : settings),
                line.find(17),
                PolicyText.parse(line.find(18)),
                timeout == null ? null : Duration.parse(timeout),
                job == null ? null : new JobId(job),
                batch == null ? null : new BatchId(batch),
                line.find(15),
                line.get(16));
    }
}
