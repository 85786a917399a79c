package io.renderfleet.testkit;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.Allowance;
import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.core.model.SubmissionKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Transitions of every kind, for tests of what keeps or sends them: those with everything set, and those with nothing that can be left
 * out.
 */
public final class SampleTransitions {
    private static final Instant AT = Instant.parse("2026-11-24T10:00:00.123456789Z");
    private static final String FARM = "f-1a2b";
    private static final NodeId NODE = new NodeId("n-2b9e");
    private static final BatchId BATCH = new BatchId("7");
    private static final Sha256 DIGEST = new Sha256("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");

    private SampleTransitions() {}

    /**
     * Returns one transition of each kind with everything set, and more where values can be of several sorts.
     *
     * @param job whose they are
     * @return in an order in which they could happen
     */
    public static List<JobTransition> full(JobId job) {
        AttemptId attempt = new AttemptId(FARM, 3, 42);
        return List.of(
                new JobTransition.JobSubmitted(AT, job, fullRequest(), Path.of("/farm/frames", job.value())),
                new JobTransition.JobReprioritized(AT, job, -7),
                new JobTransition.BatchDispatched(
                        AT,
                        job,
                        BATCH,
                        FrameSet.parse("-5--1,1-10x3,20-11"),
                        attempt,
                        URI.create("http://node-1.example:3000/base"),
                        NODE,
                        2,
                        new BatchId("6"),
                        SceneUse.BAKED),
                new JobTransition.BatchAccepted(AT, job, BATCH, attempt, "j-5f0c?#/ä", NODE),
                new JobTransition.JobPaused(AT, job),
                new JobTransition.JobResumed(AT, job),
                new JobTransition.BatchShortened(AT, job, BATCH, attempt, FrameSet.parse("1-10x3")),
                new JobTransition.FramesAccepted(AT, job, BATCH, attempt, List.of(output(1), output(4))),
                new JobTransition.FramesUnverified(AT, job, BATCH, attempt, FrameSet.of(7)),
                new JobTransition.JobWarned(
                        AT,
                        job,
                        List.of(
                                new RenderWarning("movie-output", null, "Single pictures take the place of the film."),
                                new RenderWarning("missing-texture", 4, "wood.png is not there."))),
                new JobTransition.SceneReported(
                        AT,
                        job,
                        new FrameRate(30_000, 1_001),
                        new BakedScene(DIGEST, 5_000_000_000L, "film/shot.blend", new EngineInfo("blender", "3.4.1"))),
                new JobTransition.BatchEnded(
                        AT, job, BATCH, attempt, BatchOutcome.FAILED, failure(), NODE, AttemptFacts.NONE),
                new JobTransition.FramesFailed(AT, job, FrameSet.of(10), failure()),
                new JobTransition.JobEnded(AT, job, JobState.FAILED, failure()),
                new JobTransition.FramesRetried(AT, job, FrameSet.of(10)),
                new JobTransition.JobEnded(AT, job, JobState.CANCELLED, failure()));
    }

    /**
     * Gives transitions of all kinds that have something that can be left out, without it.
     *
     * @param job whose they are
     * @return in an order in which they could happen
     */
    public static List<JobTransition> bare(JobId job) {
        Instant at = Instant.EPOCH;
        AttemptId attempt = new AttemptId(FARM, 1, 1);
        return List.of(
                new JobTransition.JobSubmitted(at, job, RenderRequest.of(Scene.nodeDefault(), "1"), Path.of("frames")),
                new JobTransition.BatchDispatched(
                        at,
                        job,
                        BATCH,
                        FrameSet.of(1),
                        attempt,
                        URI.create("inproc:left"),
                        null,
                        1,
                        null,
                        SceneUse.AS_SENT),
                new JobTransition.BatchAccepted(at, job, BATCH, attempt, "1", null),
                new JobTransition.SceneReported(at, job, null, null),
                new JobTransition.BatchShortened(at, job, BATCH, attempt, FrameSet.empty()),
                new JobTransition.BatchEnded(
                        at, job, BATCH, attempt, BatchOutcome.COMPLETED, null, null, AttemptFacts.NONE),
                new JobTransition.JobEnded(at, job, JobState.COMPLETED, null));
    }

    /**
     * Gives transitions that are large, or hold what trips text formats and databases.
     *
     * @param job whose they are
     * @return in an order in which they could happen
     */
    public static List<JobTransition> awkward(JobId job) {
        AttemptId attempt = new AttemptId(FARM, 1, Long.MAX_VALUE);
        String text =
                "NUL \0, tab \t, quote \" ' \\, half a pair \ud83d, a whole one \ud83c\udfac, ä, \u2028, $1 ? :x {}";
        Failure failure = new Failure(FailureKind.SCRIPT_ERROR, null, text, true, List.of(text, "", " "));
        FrameSet scattered = FrameSet.of(
                IntStream.range(0, 60_000).map(i -> i * 17 + i % 5 * (i % 3)).toArray());
        List<FrameOutput> many = IntStream.rangeClosed(1, 10_000)
                .mapToObj(SampleTransitions::output)
                .toList();
        return List.of(
                new JobTransition.JobSubmitted(
                        AT,
                        job,
                        RenderRequest.of(Scene.onNodes("films/été (2)/shot.blend"), scattered),
                        Path.of("/farm/frames of \"them\"", job.value())),
                new JobTransition.BatchDispatched(
                        AT,
                        job,
                        BATCH,
                        scattered,
                        attempt,
                        URI.create("http://[::1]:3000/"),
                        NODE,
                        1,
                        null,
                        SceneUse.AS_SENT),
                new JobTransition.FramesAccepted(AT, job, BATCH, attempt, many),
                new JobTransition.BatchEnded(
                        AT, job, BATCH, attempt, BatchOutcome.LOST, failure, null, AttemptFacts.NONE));
    }

    private static RenderRequest fullRequest() {
        return RenderRequest.of(
                        new Scene.Local(Path.of("/scenes/shot.zip"), "film/shot.blend", DIGEST), "1-10x3,20-11,-5--1")
                .renderer("blender")
                .scenePolicy(new ScenePolicy(
                        Simulation.RUN_UP, MissingFiles.WARN, Set.of(Allowance.CPU, Allowance.VIEW_TRANSFORM)))
                .name("Einstellung 10 \u2014 \"final\"")
                .outputFolder(Path.of("/farm/out"))
                .outputPattern("film/shot_####")
                .settings(RenderSettings.builder()
                        .engine("CYCLES")
                        .samples(64)
                        .width(1920)
                        .height(1080)
                        .percentage(50)
                        .format("OPEN_EXR")
                        .depth(16)
                        .sceneName("Szene ä")
                        .viewLayer("View Layer")
                        .camera("Camera.001")
                        .threads(0)
                        .device("CPU")
                        .denoise(false)
                        .seed(7)
                        .overwrite(true)
                        .persistentData(false)
                        .build())
                .priority(5)
                .requires(Map.of("gpu", "none", "floor", "2"))
                .after(Set.of(new JobId("shot-008"), new JobId("shot-009")))
                .afterFrames(Set.of(new JobId("shot-007")))
                .maxRunning(3)
                .key(new SubmissionKey("shot-010/final", "1f3b"))
                .owner("alice")
                .batchSize(4)
                .batchTimeout(Duration.ofMillis(3_600_500))
                .deadline(Duration.ofDays(3));
    }

    private static FrameOutput output(int frame) {
        String name = String.format("film/shot_%04d", frame);
        return new FrameOutput(
                frame,
                List.of(
                        new OutputFile(name + ".exr", 48_213L + frame, DIGEST, true),
                        new OutputFile(name + "_depth.exr", Long.MAX_VALUE, DIGEST, false)),
                Duration.ofSeconds(4, 123_456_789));
    }

    private static Failure failure() {
        return new Failure(
                FailureKind.OUT_OF_MEMORY,
                10,
                "Blender was killed while rendering frame 10: use less.",
                true,
                List.of("Fra:10 Mem:12.00M", "Killed"));
    }
}
