package io.renderfleet.transport.http.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RunFacts;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.spi.BatchEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code POST /job} and {@code GET /job/{id}} of a node.
 *
 * @param id the job's id
 * @param pid a decimal alias of the id
 * @param state the word of a {@link WireJobState}
 * @param status the line of that state
 * @param frames what the job renders
 * @param finished what it has rendered and verified
 * @param current the frame that is being rendered
 * @param progress 0 to 1
 * @param secondsPerFrame what a frame has taken so far on average
 * @param secondsLeft the node's guess
 * @param acceptedAt when the node took it
 * @param startedAt when rendering began
 * @param endedAt when it ended
 * @param failure why it failed or was cancelled
 * @param job the name of the job that was given with the request
 * @param batch the name of the batch that was given with the request
 * @param warnings what an artist should know; left out where there is nothing
 * @param scene what was found out about the scene; left out before it is loaded
 * @param run on what it was rendered and with how much memory; left out where the renderer does not say
 * @param outputs all that {@code GET /job/{id}/frames} lists, of a job that has ended and made so few files that they can be listed with
 *     its end; left out otherwise
 */
public record JobStatus(
        @Nullable String id,
        @Nullable Long pid,
        @Nullable String state,
        @Nullable String status,
        @Nullable String frames,
        @Nullable String finished,
        @Nullable Current current,
        @Nullable Double progress,
        @Nullable Double secondsPerFrame,
        @Nullable Double secondsLeft,
        @Nullable Instant acceptedAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable FailureBody failure,
        @Nullable String job,
        @Nullable String batch,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<@Nullable WarningBody> warnings,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SceneReportBody scene,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Run run,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<FrameList.Entry> outputs) {

    /** How many frames there may be in {@link #outputs}. */
    public static final int MAX_OUTPUTS = 100;

    /** How long {@link #outputs} may be, in bytes of JSON. */
    public static final int MAX_OUTPUTS_BYTES = 32 * 1024;

    /**
     * How far the current frame is.
     *
     * @param frame the frame
     * @param sample the sample that is done; 0 where unknown
     * @param samples how many there are; 0 where unknown
     */
    public record Current(
            @Nullable Integer frame,
            @Nullable Integer sample,
            @Nullable Integer samples) {}

    /**
     * Makes the status of a job.
     *
     * @param id the job's id
     * @param pid its decimal alias
     * @param state in which state it is
     * @param frames what it renders
     * @param progress how far it is
     * @param times when what happened
     * @param failure why it failed or was cancelled, or null
     * @param job the name of the job that was given with the request, or null
     * @param batch the name of the batch that was given with the request, or null
     * @return the body
     */
    public static JobStatus of(
            String id,
            long pid,
            WireJobState state,
            FrameSet frames,
            BatchProgress progress,
            Times times,
            @Nullable Failure failure,
            @Nullable String job,
            @Nullable String batch) {
        Integer frame = state.ended() ? null : progress.currentFrame();
        return new JobStatus(
                id,
                pid,
                state.wireName(),
                state.line(failure == null ? null : failure.message()),
                frames.toString(),
                progress.finished().toString(),
                frame == null ? null : new Current(frame, progress.sample(), progress.samples()),
                fraction(frames, progress, state),
                rounded(progress.secondsPerFrame()),
                state.ended() ? null : seconds(progress.timeLeft()),
                times.acceptedAt(),
                times.startedAt(),
                times.endedAt(),
                FailureBody.of(failure),
                job,
                batch,
                progress.warnings().isEmpty() ? null : List.copyOf(WarningBody.of(progress.warnings())),
                progress.scene() == null ? null : new SceneReportBody(progress.scene()),
                null,
                null);
    }

    /**
     * Adds what an ended job has made, unless that is too much.
     *
     * @param made all its finished frames
     * @param attempt under which attempt they were rendered, or null
     * @return a changed copy, or this one if there are more than {@value #MAX_OUTPUTS} frames or {@value #MAX_OUTPUTS_BYTES} bytes
     */
    public JobStatus withOutputs(List<FrameOutput> made, @Nullable String attempt) {
        if (made.size() > MAX_OUTPUTS) {
            return this;
        }
        List<FrameList.Entry> entries =
                made.stream().map(output -> FrameList.Entry.of(output, attempt)).toList();
        return !FrameList.surelyShort(entries, MAX_OUTPUTS_BYTES) && Wire.write(entries).length > MAX_OUTPUTS_BYTES
                ? this
                : with(run, entries);
    }

    /**
     * Adds on what it was rendered, and with how much memory.
     *
     * @param facts as far as the renderer says
     * @return a changed copy
     */
    public JobStatus withRun(RunFacts facts) {
        return facts.equals(RunFacts.NONE) ? this : with(new Run(facts.device(), facts.peakMemoryBytes()), outputs);
    }

    private JobStatus with(@Nullable Run howRendered, @Nullable List<FrameList.Entry> made) {
        return new JobStatus(
                id,
                pid,
                state,
                status,
                frames,
                finished,
                current,
                progress,
                secondsPerFrame,
                secondsLeft,
                acceptedAt,
                startedAt,
                endedAt,
                failure,
                job,
                batch,
                warnings,
                scene,
                howRendered,
                made);
    }

    /**
     * How a job was rendered.
     *
     * @param device on what, in the renderer's words
     * @param peakMemoryBytes how much memory the renderer had at most
     */
    public record Run(@Nullable String device, @Nullable Long peakMemoryBytes) {}

    /**
     * When what happened to a job.
     *
     * @param acceptedAt when the node took it
     * @param startedAt when rendering began, or null
     * @param endedAt when it ended, or null
     */
    public record Times(
            Instant acceptedAt,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt) {}

    /**
     * Reads how far a running job is.
     *
     * @return the progress; what is missing is unknown
     * @throws IllegalArgumentException if the frames cannot be read
     */
    public BatchProgress toProgress() {
        return new BatchProgress(
                finishedFrames(),
                current == null ? null : current.frame(),
                current == null ? 0 : orZero(current.sample()),
                current == null ? 0 : orZero(current.samples()),
                secondsPerFrame != null && secondsPerFrame >= 0 && Double.isFinite(secondsPerFrame)
                        ? secondsPerFrame
                        : null,
                time(secondsLeft),
                WarningBody.read(warnings),
                report());
    }

    /**
     * Reads how an ended job ended.
     *
     * @return the end; a state that is not known, or a failure beside none, counts as failed; where nothing at all is said, it completed.
     *     Outputs that make no sense count as missing
     * @throws IllegalArgumentException if the frames cannot be read
     */
    public BatchEnd toEnd() {
        WireJobState byDefault = state == null && failure == null ? WireJobState.COMPLETED : WireJobState.FAILED;
        WireJobState ended = WireJobState.fromWire(state)
                .or(() -> state != null ? Optional.empty() : WireJobState.fromLine(status == null ? "" : status))
                .filter(WireJobState::ended)
                .orElse(byDefault);
        BatchEnd end = switch (ended) {
            case COMPLETED -> new BatchEnd(BatchEnd.State.COMPLETED, finishedFrames(), null);
            case CANCELLED ->
                new BatchEnd(BatchEnd.State.CANCELLED, finishedFrames(), failure == null ? null : failure.toFailure());
            default -> new BatchEnd(BatchEnd.State.FAILED, finishedFrames(), reason());
        };
        return end.withOutputs(toldOutputs())
                .withWarnings(WarningBody.read(warnings))
                .withScene(report())
                .withRun(run == null ? RunFacts.NONE : new RunFacts(run.device(), run.peakMemoryBytes()));
    }

    private @Nullable SceneReport report() {
        return scene == null ? null : scene.report();
    }

    private @Nullable List<FrameOutput> toldOutputs() {
        try {
            return outputs == null ? null : new FrameList(outputs).toOutputs();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Failure reason() {
        if (failure != null) {
            return failure.toFailure();
        }
        String line = status == null ? "" : WireJobState.reasonIn(status);
        String known = state == null || state.equals(WireJobState.FAILED.wireName())
                ? "the node gave no reason"
                : "it ended as '" + BadRequestException.shown(state) + "', which is not known here";
        return Failure.of(FailureKind.UNKNOWN, line.isEmpty() ? known : line);
    }

    private FrameSet finishedFrames() {
        return FrameFields.readLeniently(finished);
    }

    private static double fraction(FrameSet frames, BatchProgress progress, WireJobState state) {
        if (state == WireJobState.COMPLETED || frames.isEmpty()) {
            return 1;
        }
        double done = progress.finished().size() + progress.currentFraction();
        return Math.rint(Math.min(1, done / frames.size()) * 1000) / 1000;
    }

    private static int orZero(@Nullable Integer value) {
        return value == null ? 0 : value;
    }

    static @Nullable Double rounded(@Nullable Double value) {
        return value == null ? null : Math.rint(value * 1000) / 1000;
    }

    static @Nullable Double seconds(@Nullable Duration time) {
        return time == null ? null : time.toMillis() / 1000.0;
    }

    private static @Nullable Duration time(@Nullable Double seconds) {
        return seconds == null || !(seconds >= 0) || seconds > 1e9
                ? null
                : Duration.ofMillis(Math.round(seconds * 1000));
    }
}
