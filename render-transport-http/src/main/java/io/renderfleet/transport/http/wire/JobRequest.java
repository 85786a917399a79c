package io.renderfleet.transport.http.wire;

import static io.renderfleet.transport.http.wire.BadRequestException.checked;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameRange;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /job}, as it travels; {@link Wire#readJob} reads it.
 *
 * @param frames in the text form of {@link FrameSet}; in place of {@code from} and {@code to}
 * @param from the first frame
 * @param to the last frame, not smaller than {@code from}
 * @param scene {@code sha256:…}, or a path below the node's scene root; null for the node's own
 * @param entry which file is the scene, where the scene is a zip; what a scene is called that is a plain file
 * @param output the pattern of the files' names
 * @param settings what is set
 * @param renderer the name of the engine that is to render it; null for the node's own
 * @param simulation a word of {@link io.renderfleet.core.model.Simulation}; null for {@code auto}
 * @param missing a word of {@link io.renderfleet.core.model.MissingFiles}; null for {@code fail}
 * @param allow words of {@link io.renderfleet.core.model.Allowance}; null for none
 * @param timeoutSeconds how long it may take once rendering has begun
 * @param job the name of the job for logs and folders
 * @param batch the name of the batch for logs and folders
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobRequest(
        @Nullable String frames,
        @Nullable Integer from,
        @Nullable Integer to,
        @Nullable String scene,
        @Nullable String entry,
        @Nullable String output,
        @Nullable SettingsBody settings,
        @Nullable String renderer,
        @Nullable String simulation,
        @Nullable String missing,
        @Nullable List<@Nullable String> allow,
        @Nullable Integer timeoutSeconds,
        @Nullable String job,
        @Nullable String batch) {

    /**
     * Returns how a batch travels: by {@code from} and {@code to} where they can say it, since the simplest node knows nothing else, and by
     * {@code frames} where it has gaps, or goes downwards.
     *
     * @param assignment the batch; a local scene has its digest
     * @return the body
     * @throws IllegalArgumentException if a local scene has no digest
     */
    public static JobRequest of(Assignment assignment) {
        SceneReference reference = SceneReference.of(assignment.scene());
        Duration timeout = assignment.timeout();
        FrameRange range = FrameFields.rangeOf(assignment.frames());
        return new JobRequest(
                range == null ? assignment.frames().toString() : null,
                range == null ? null : range.first(),
                range == null ? null : range.last(),
                reference.sceneText(),
                reference.entryText(),
                assignment.output().text(),
                SettingsBody.of(assignment.settings()),
                assignment.renderer(),
                PolicyFields.simulation(assignment.scenePolicy().simulation()),
                PolicyFields.missing(assignment.scenePolicy().missing()),
                PolicyFields.allow(assignment.scenePolicy()),
                timeout == null ? null : seconds(timeout),
                assignment.job().value(),
                assignment.batch().value());
    }

    JobOrder toOrder() throws BadRequestException {
        return new JobOrder(
                FrameFields.read(frames, from, to),
                SceneFields.read(scene, entry),
                output == null ? OutputPattern.DEFAULT : checked("output", () -> new OutputPattern(output)),
                SettingsBody.read(settings),
                PolicyFields.renderer(renderer),
                PolicyFields.read(simulation, missing, allow),
                timeout(timeoutSeconds),
                job == null ? null : checked("job", () -> new JobId(job)),
                batch == null ? null : checked("batch", () -> new BatchId(batch)));
    }

    private static @Nullable Duration timeout(@Nullable Integer seconds) throws BadRequestException {
        if (seconds == null) {
            return null;
        }
        Duration time = Duration.ofSeconds(seconds);
        RenderRequest any = RenderRequest.of(Scene.nodeDefault(), FrameSet.of(1));
        checked("timeoutSeconds", () -> any.batchTimeout(time));
        return time;
    }

    private static int seconds(Duration timeout) {
        long roundedUp = timeout.plusNanos(999_999_999).toSeconds();
        return (int) Math.max(1, Math.min(RenderRequest.MAX_TIMEOUT.toSeconds(), roundedUp));
    }
}
