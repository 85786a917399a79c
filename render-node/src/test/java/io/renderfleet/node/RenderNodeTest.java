package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.node.journal.Manifest;
import io.renderfleet.node.output.KeptFrames;
import io.renderfleet.node.scene.SceneRef;
import io.renderfleet.node.time.Registration;
import io.renderfleet.node.verify.OutputVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

@DisplayName("A node")
@Timeout(60)
class RenderNodeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();
    private final ScriptedEngine engine = new ScriptedEngine();
    private RenderNode node;

    @BeforeEach
    void start() throws IOException {
        node = builder().build();
    }

    @AfterEach
    void stop() {
        engine.endsOnStop = true;
        node.close();
    }

    private RenderNodeBuilder builder() {
        return RenderNode.builder().engine(engine).outputRoot(root).time(time);
    }

    private void restart(RenderNodeBuilder with) throws IOException {
        node.close();
        node = with.build();
    }

    private NodeJobView accepted(SubmitResult result) {
        assertThat(result).isInstanceOf(SubmitResult.Accepted.class);
        return ((SubmitResult.Accepted) result).job();
    }

    private NodeJobView submit(String frames) {
        return accepted(submit(request(frames), null, null));
    }

    private SubmitResult submit(NodeJobRequest request, @Nullable String key, @Nullable String attempt) {
        SubmitContext context = new SubmitContext(key, attempt == null ? null : AttemptId.parse(attempt), null);
        return node.submit(request, context, RateGate.OPEN);
    }

    private static NodeJobRequest request(String frames) {
        return NodeJobRequest.of(FrameSet.parse(frames));
    }

    private static NodeJobRequest named(String frames, String job, @Nullable Boolean overwrite) {
        return new NodeJobRequest(
                FrameSet.parse(frames),
                SceneRef.DEFAULT,
                OutputPattern.DEFAULT,
                RenderSettings.builder().overwrite(overwrite).build(),
                null,
                new JobId(job),
                new BatchId("7"));
    }

    private NodeJobView view(String id) {
        return node.job(id).orElseThrow();
    }

    private NodeJobView awaitEnd(String id) {
        await().until(() -> view(id).state().ended());
        return view(id);
    }

    private void awaitFinished(String id, String frames) {
        await().until(() -> view(id).finished().equals(FrameSet.parse(frames)));
    }

    @Nested
    @DisplayName("that takes a job")
    class Jobs {
        @Test
        @DisplayName("tells how it stands from the first frame to the last")
        void tellsProgress() {
            NodeJobView job = submit("1-4");
            assertThat(job.state()).isEqualTo(JobState.RUNNING);
            assertThat(job.status()).isEqualTo("Job still running");
            assertThat(job.pollAfter()).isEqualTo(Duration.ofSeconds(5));

            engine.last().render(1, Duration.ofSeconds(10));
            awaitFinished(job.id(), "1");
            engine.last().begin(2);
            engine.last().tell(new EngineEvent.SamplesDone(2, 32, 64, null));

            NodeJobView running = view(Long.toString(job.pid()));
            assertThat(running.id()).isEqualTo(job.id());
            assertThat(running.currentFrame()).isEqualTo(2);
            assertThat(running.sample()).isEqualTo(32);
            assertThat(running.progress()).isEqualTo(0.375);
            assertThat(running.secondsPerFrame()).isEqualTo(10);
            assertThat(running.timeLeft()).isEqualTo(Duration.ofSeconds(25));
            assertThat(running.pollAfter()).isEqualTo(Duration.ofSeconds(10));
            assertThat(running.version()).isGreaterThan(job.version());

            engine.last().save(2, SECOND, "two");
            engine.last().render(3, SECOND);
            engine.last().render(4, SECOND);
            engine.last().end();

            NodeJobView ended = awaitEnd(job.id());
            assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
            assertThat(ended.status()).isEqualTo("Job completed");
            assertThat(ended.progress()).isEqualTo(1);
            assertThat(ended.failure()).isNull();
            assertThat(ended.endedAt()).isEqualTo(time.now());
        }

        @Test
        @DisplayName("publishes verified frames in the job's folder, and leaves nothing else there")
        void publishes() throws Exception {
            NodeJobView job = submit("1-2");
            engine.last().render(1, SECOND);
            engine.last().render(2, SECOND);
            engine.last().tell(new EngineEvent.LogLine("hello"));
            engine.last().end();
            awaitEnd(job.id());

            List<FrameOutput> frames = node.frames(job.id()).orElseThrow();
            assertThat(frames).extracting(FrameOutput::frame).containsExactly(1, 2);
            assertThat(node.file(job.id(), 2, null))
                    .contains(root.toRealPath().resolve(job.id()).resolve("blender-render_0002.txt"));
            assertThat(node.file(job.id(), 2, "blender-render_0001.txt")).isEmpty();
            assertThat(node.file(job.id(), 3, null)).isEmpty();
            assertThat(root.resolve(job.id()).toFile().list())
                    .containsExactlyInAnyOrder("blender-render_0001.txt", "blender-render_0002.txt", "manifest.tsv");
            assertThat(Files.readString(node.log(job.id()).orElseThrow())).contains("hello", "Job completed");
            assertThat(root.resolve(".node/work").toFile().list()).isEmpty();
        }

        @Test
        @DisplayName("leaves the frames of a coordinator's attempt in the attempt's folder")
        void keepsAttemptsApart() throws Exception {
            NodeJobView job = accepted(submit(named("1", "shot", null), "f/1/4", "f/2/4"));
            engine.last().render(1, SECOND);
            engine.last().end();
            awaitEnd(job.id());

            assertThat(node.file(job.id(), 1, null))
                    .contains(root.toRealPath().resolve("shot/.attempts/2-4/blender-render_0001.txt"));
            assertThat(root.resolve("shot").toFile().list()).containsExactly(".attempts");
        }

        @Test
        @DisplayName("fails a job whose frame does not verify, and keeps the others")
        void failsUnverified() {
            NodeJobView job = submit("1-3");
            engine.last().render(1, SECOND);
            engine.last().begin(2);
            engine.last().save(2, SECOND, "");
            engine.last().render(3, SECOND);
            engine.last().end();

            NodeJobView ended = awaitEnd(job.id());
            assertThat(ended.state()).isEqualTo(JobState.FAILED);
            assertThat(ended.finished()).isEqualTo(FrameSet.of(1, 3));
            assertThat(ended.failure()).isNotNull();
            assertThat(ended.failure().kind()).isEqualTo(FailureKind.FRAME_EMPTY);
            assertThat(ended.failure().frame()).isEqualTo(2);
            assertThat(ended.status()).startsWith("Job failed: Frame 2: ");
        }

        @Test
        @DisplayName("never takes one file for two frames")
        void refusesSharedFiles() {
            NodeJobView job = submit("1-2");
            Path file = engine.last().render(1, SECOND);
            engine.last().begin(2);
            engine.last().tell(new EngineEvent.FrameSaved(2, List.of(file), SECOND));
            engine.last().end();

            assertThat(awaitEnd(job.id()).finished()).isEqualTo(FrameSet.of(1));
        }

        @Test
        @DisplayName("fails a job whose engine ends without an error and without all frames")
        void failsMissing() {
            NodeJobView job = submit("1-3");
            engine.last().render(1, SECOND);
            engine.last().end();

            NodeJobView ended = awaitEnd(job.id());
            assertThat(ended.failure()).isNotNull();
            assertThat(ended.failure().kind()).isEqualTo(FailureKind.FRAME_MISSING);
            assertThat(ended.failure().message()).contains("2-3");
        }

        @Test
        @DisplayName("gives two jobs of one name two folders")
        void neverSharesFolders() {
            NodeJobView first = accepted(submit(named("1", "shot", null), null, null));
            engine.last().render(1, SECOND);
            engine.last().end();
            awaitEnd(first.id());
            NodeJobView second = accepted(submit(named("1", "shot", true), null, null));
            engine.last().render(1, SECOND);
            engine.last().end();
            awaitEnd(second.id());

            assertThat(root.resolve("shot/blender-render_0001.txt")).exists();
            assertThat(root.resolve("shot-" + second.id() + "/blender-render_0001.txt"))
                    .exists();
        }

        @Test
        @DisplayName("names the failure of an engine, with the last lines of its log")
        void passesFailuresOn() {
            NodeJobView job = submit("1");
            engine.last().tell(new EngineEvent.LogLine("line of the log"));
            engine.last().tell(new EngineEvent.Ended(Failure.of(FailureKind.OUT_OF_MEMORY, "No memory.")));

            Failure failure = awaitEnd(job.id()).failure();
            assertThat(failure).isNotNull();
            assertThat(failure.kind()).isEqualTo(FailureKind.OUT_OF_MEMORY);
            assertThat(failure.log()).containsExactly("line of the log");
        }

        @Test
        @DisplayName("stops it when its time is over, counted from the first frame")
        void watchesTheTime() {
            NodeJobRequest request = new NodeJobRequest(
                    FrameSet.range(1, 2),
                    SceneRef.DEFAULT,
                    OutputPattern.DEFAULT,
                    RenderSettings.SCENE_DEFAULTS,
                    Duration.ofMinutes(1),
                    null,
                    null);
            NodeJobView job = accepted(submit(request, null, null));
            time.advance(Duration.ofHours(1));
            engine.last().begin(1);
            time.advance(Duration.ofSeconds(59));
            assertThat(view(job.id()).state()).isEqualTo(JobState.RUNNING);
            engine.last().save(1, SECOND, "one");

            time.advance(Duration.ofSeconds(1));

            NodeJobView ended = awaitEnd(job.id());
            assertThat(ended.state()).isEqualTo(JobState.FAILED);
            assertThat(ended.failure()).isNotNull();
            assertThat(ended.failure().kind()).isEqualTo(FailureKind.BATCH_TIMEOUT);
            assertThat(ended.finished()).isEqualTo(FrameSet.of(1));
        }
    }

    @Nested
    @DisplayName("that decides about a request")
    class Admissions {
        @Test
        @DisplayName("refuses a second job while its only slot is taken, and says when one is likely to be free")
        void slots() {
            NodeJobView job = submit("1-9");
            assertThat(submit(request("1"), null, null))
                    .isEqualTo(new SubmitResult.SlotsTaken(1, Duration.ofSeconds(5)));

            engine.last().render(1, Duration.ofSeconds(2));
            awaitFinished(job.id(), "1");

            assertThat(submit(request("1"), null, null))
                    .isEqualTo(new SubmitResult.SlotsTaken(1, Duration.ofSeconds(16)));
            engine.last().tell(new EngineEvent.Ended(null));
            awaitEnd(job.id());
            accepted(submit(request("1"), null, null));
        }

        @Test
        @DisplayName("answers the same key with the same job, even where it would take no other")
        void idempotency() {
            NodeJobView job = accepted(submit(request("1-5"), "k", null));

            SubmitResult again = submit(request("1,2,3,4,5"), "k", null);

            assertThat(again).isInstanceOfSatisfying(SubmitResult.Accepted.class, same -> {
                assertThat(same.created()).isFalse();
                assertThat(same.job().id()).isEqualTo(job.id());
            });
            assertThat(submit(request("1-6"), "k", null)).isInstanceOf(SubmitResult.KeyMismatch.class);
            assertThat(engine.runs).hasSize(1);
            CompletableFuture<Void> drained = node.drain(Duration.ofDays(1)).toCompletableFuture();
            assertThat(submit(request("1-5"), "k", null)).isInstanceOf(SubmitResult.Accepted.class);
            assertThat(drained).isNotDone();
        }

        @Test
        @DisplayName("makes one job of one key, however many ask at once")
        void idempotencyAtOnce() throws Exception {
            restart(builder().slots(8));
            ExecutorService clients = Executors.newFixedThreadPool(8);
            try {
                List<Future<SubmitResult>> answers = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    answers.add(clients.submit(() -> submit(request("1-5"), "k", null)));
                }
                Set<String> ids = new HashSet<>();
                for (Future<SubmitResult> answer : answers) {
                    ids.add(accepted(answer.get()).id());
                }
                assertThat(ids).hasSize(1);
                assertThat(engine.runs).hasSize(1);
            } finally {
                clients.shutdown();
            }
        }

        @Test
        @DisplayName("remembers a key only if it took the job")
        void remembersOnlyAccepted() {
            engine.refusal = Failure.of(FailureKind.UNSUPPORTED_FORMAT, "No.");
            assertThat(submit(request("1"), "k", null)).isInstanceOf(SubmitResult.Rejected.class);
            engine.refusal = null;

            accepted(submit(request("1-2"), "k", null));
        }

        @Test
        @DisplayName("asks the rate limit after the key and before the slots")
        void rate() {
            RateGate shut = () -> Optional.of(Duration.ofSeconds(3));
            SubmitContext context = new SubmitContext("k", null, null);
            assertThat(node.submit(request("1"), context, shut))
                    .isEqualTo(new SubmitResult.Throttled(Duration.ofSeconds(3)));
            accepted(node.submit(request("1"), context, RateGate.OPEN));

            accepted(node.submit(request("1"), context, shut));
            assertThat(node.submit(request("1"), SubmitContext.DIRECT, shut))
                    .isInstanceOf(SubmitResult.Throttled.class);
        }

        @Test
        @DisplayName("writes no epoch once the node is closed, since its folder may be another process's by then")
        void writesNoEpochAfterClosing() throws IOException {
            submit(request("1"), null, "f/3/1");
            node.close();
            String before = everythingIn(root.resolve(".node"));

            submit(request("2"), null, "f/9/1");

            assertThat(everythingIn(root.resolve(".node"))).isEqualTo(before).doesNotContain("f/9");
        }

        private String everythingIn(Path folder) throws IOException {
            try (Stream<Path> files = Files.walk(folder)) {
                StringBuilder all = new StringBuilder();
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    all.append(file).append('\n').append(Files.readString(file));
                }
                return all.toString();
            }
        }

        @Test
        @DisplayName("obeys only the newest coordinator of a farm, before it looks at the key, also after a restart")
        void fencing() throws Exception {
            NodeJobView job = accepted(submit(request("1"), "f/1/1", "f/1/1"));
            assertThat(submit(request("1"), "f/1/1", "f/3/1")).isInstanceOf(SubmitResult.Accepted.class);

            assertThat(submit(request("1"), "f/1/1", "f/2/1")).isEqualTo(new SubmitResult.StaleEpoch(3));
            assertThat(node.cancel(job.id(), AttemptId.parse("f/2/1"))).isEqualTo(new CancelResult.StaleEpoch(3));
            assertThat(node.shorten(job.id(), FrameSet.of(1), AttemptId.parse("f/1/1")))
                    .isEqualTo(new ShortenResult.StaleEpoch(3));
            assertThat(submit(request("1"), "f/1/1", "other/1/1")).isInstanceOf(SubmitResult.Accepted.class);

            restart(builder());
            assertThat(submit(request("2"), "x", "f/2/9")).isEqualTo(new SubmitResult.StaleEpoch(3));
        }

        @Test
        @DisplayName("refuses new jobs rather than forget a key too early, and forgets when time is over")
        void boundedTable() throws Exception {
            restart(builder().maxJobs(2).retention(Duration.ofHours(24)));
            NodeJobView first = accepted(submit(request("1"), "a", null));
            engine.last().end();
            awaitEnd(first.id());
            NodeJobView second = accepted(submit(request("1"), "b", null));
            engine.last().end();
            awaitEnd(second.id());
            time.advance(Duration.ofHours(23).plusMinutes(59));

            assertThat(submit(request("1"), "c", null)).isInstanceOf(SubmitResult.TableFull.class);
            assertThat(node.job(first.id())).isPresent();

            time.advance(Duration.ofMinutes(1));
            accepted(submit(request("1"), "c", null));
            assertThat(node.job(first.id())).isEmpty();
            assertThat(root.resolve(".node/jobs").toFile().list()).hasSize(1);
        }

        @Test
        @DisplayName("says of a scene that is not there, or leads out of its root, that it is not here")
        void scenes() throws Exception {
            Path scenes = Files.createDirectory(root.resolve("scenes"));
            Files.writeString(scenes.resolve("shot.blend"), "scene");
            Files.writeString(root.resolve("secret.blend"), "secret");
            Files.createSymbolicLink(scenes.resolve("link.blend"), root.resolve("secret.blend"));
            restart(builder().sceneRoot(scenes));

            for (String scene : List.of("nowhere.blend", "link.blend", "sha256:" + "0".repeat(64))) {
                NodeJobRequest request = withScene(SceneRef.parse(scene, null));
                assertThat(submit(request, null, null))
                        .isInstanceOfSatisfying(
                                SubmitResult.Rejected.class,
                                rejected ->
                                        assertThat(rejected.failure().kind()).isEqualTo(FailureKind.SCENE_NOT_HERE));
            }
            accepted(submit(withScene(SceneRef.parse("shot.blend", null)), null, null));
            assertThat(engine.last().task.scene()).isEqualTo(scenes.toRealPath().resolve("shot.blend"));
            assertThatThrownBy(() -> SceneRef.parse("../secret.blend", null)).hasMessageStartingWith("scene '../");
        }

        private static NodeJobRequest withScene(SceneRef scene) {
            return new NodeJobRequest(
                    FrameSet.of(1), scene, OutputPattern.DEFAULT, RenderSettings.SCENE_DEFAULTS, null, null, null);
        }
    }

    @Nested
    @DisplayName("that is asked to change a job")
    class Changes {
        @Test
        @DisplayName("stops it and tells once it is over")
        void cancels() {
            NodeJobView job = submit("1-5");
            engine.endsOnStop = false;

            assertThat(node.cancel(job.id(), null)).isInstanceOf(CancelResult.Stopping.class);
            assertThat(node.cancel(job.id(), null)).isInstanceOf(CancelResult.Stopping.class);
            assertThat(node.describe().busy()).isEqualTo(1);
            Failure reason = engine.last().stopped;
            assertThat(reason).isNotNull();
            engine.last().tell(new EngineEvent.Ended(reason));

            NodeJobView ended = awaitEnd(job.id());
            assertThat(ended.state()).isEqualTo(JobState.CANCELLED);
            assertThat(ended.status()).isEqualTo("Job cancelled");
            assertThat(node.cancel(job.id(), null)).isInstanceOf(CancelResult.Stopped.class);
            assertThat(node.describe().busy()).isZero();
            assertThat(node.cancel("j-nobody", null)).isEqualTo(new CancelResult.UnknownJob());
        }

        @Test
        @DisplayName("takes untouched frames away, but none that is finished or running")
        void shortens() {
            NodeJobView job = submit("1-10");
            engine.last().render(1, SECOND);
            awaitFinished(job.id(), "1");
            engine.last().begin(2);

            assertThat(node.shorten(job.id(), FrameSet.of(4, 99), null))
                    .isEqualTo(new ShortenResult.Kept(FrameSet.of(1, 2, 4)));

            engine.last().save(2, SECOND, "two");
            engine.last().render(4, SECOND);
            engine.last().end();
            assertThat(awaitEnd(job.id()).state()).isEqualTo(JobState.COMPLETED);
            assertThat(view(job.id()).frames()).isEqualTo(FrameSet.of(1, 2, 4));
            assertThat(node.shorten(job.id(), FrameSet.of(1), null)).isInstanceOf(ShortenResult.AlreadyEnded.class);
            assertThat(node.shorten("j-nobody", FrameSet.of(1), null)).isEqualTo(new ShortenResult.UnknownJob());
        }

        @Test
        @DisplayName("drains: takes no more, lets the running job end, and hands it back when the grace is over")
        void drains() {
            NodeJobView job = submit("1-5");
            engine.last().render(1, SECOND);
            awaitFinished(job.id(), "1");

            CompletableFuture<Void> idle = node.drain(Duration.ofSeconds(30)).toCompletableFuture();
            assertThat(submit(request("1"), null, null)).isInstanceOf(SubmitResult.Draining.class);
            assertThat(node.describe().draining()).isTrue();
            time.advance(Duration.ofSeconds(29));
            assertThat(idle).isNotDone();
            time.advance(SECOND);

            NodeJobView ended = awaitEnd(job.id());
            assertThat(idle).succeedsWithin(Duration.ofSeconds(5));
            assertThat(ended.failure()).isNotNull();
            assertThat(ended.failure().kind()).isEqualTo(FailureKind.NODE_DRAINED);
            assertThat(ended.failure().retryElsewhere()).isTrue();
            assertThat(ended.finished()).isEqualTo(FrameSet.of(1));
        }
    }

    @Nested
    @DisplayName("that is watched")
    class Watching {
        private final List<NodeJobView> told = new CopyOnWriteArrayList<>();

        @Test
        @DisplayName("tells of progress at once, but not more than four times a second")
        void pacesProgress() {
            NodeJobView job = submit("1-5");
            node.onChange(job.id(), job.version(), false, told::add);
            engine.last().begin(1);
            assertThat(told).hasSize(1);

            node.onChange(job.id(), told.get(0).version(), false, told::add);
            engine.last().tell(new EngineEvent.SamplesDone(1, 1, 64, null));
            engine.last().tell(new EngineEvent.SamplesDone(1, 2, 64, null));
            time.advance(Duration.ofMillis(249));
            assertThat(told).hasSize(1);
            time.advance(Duration.ofMillis(1));
            assertThat(told).hasSize(2);
            assertThat(told.get(1).sample()).isEqualTo(2);
        }

        @Test
        @DisplayName("tells at once of what has changed before")
        void tellsOfThePast() {
            NodeJobView job = submit("1-5");
            engine.last().begin(1);

            node.onChange(job.id(), job.version(), false, told::add);

            assertThat(told).hasSize(1);
        }

        @Test
        @DisplayName("tells of the end only, where that was asked for, and of an end that is past")
        void tellsOfTheEnd() {
            NodeJobView job = submit("1");
            node.onChange(job.id(), 0, true, told::add);
            engine.last().render(1, SECOND);
            awaitFinished(job.id(), "1");
            time.advance(Duration.ofMinutes(1));
            assertThat(told).isEmpty();
            engine.last().end();

            await().until(() -> told.size() == 1);
            assertThat(told.get(0).state()).isEqualTo(JobState.COMPLETED);
            node.onChange(job.id(), Long.MAX_VALUE, false, told::add);
            assertThat(told).hasSize(2);
        }

        @Test
        @DisplayName("has a free slot for whoever hears of the end")
        void freesTheSlotFirst() {
            NodeJobView job = submit("1");
            CompletableFuture<SubmitResult> next = new CompletableFuture<>();
            node.onChange(job.id(), 0, true, view -> next.complete(submit(request("2"), null, null)));

            engine.last().render(1, SECOND);
            engine.last().end();

            assertThat(next).succeedsWithin(Duration.ofSeconds(10)).isInstanceOf(SubmitResult.Accepted.class);
        }

        @Test
        @DisplayName("is not disturbed by a listener that fails")
        void survivesListeners() {
            NodeJobView job = submit("1");
            node.onChange(job.id(), 0, true, view -> {
                throw new IllegalStateException("a mistake of the listener");
            });
            node.onChange(job.id(), 0, true, told::add);

            node.cancel(job.id(), null);

            await().until(() -> told.size() == 1);
        }

        @Test
        @DisplayName("tells nobody who has gone, and nobody of a job that it does not know")
        void forgets() {
            NodeJobView job = submit("1-5");
            node.onChange(job.id(), job.version(), false, told::add)
                    .orElseThrow()
                    .close();
            engine.last().begin(1);
            node.cancel(job.id(), null);
            awaitEnd(job.id());

            assertThat(told).isEmpty();
            assertThat(node.onChange("17000", 0, false, told::add)).isEmpty();
        }
    }

    @Nested
    @DisplayName("that is restarted")
    class Restarts {
        @Test
        @DisplayName("keeps its identity, and has a new boot id")
        void identity() throws Exception {
            NodeDescription before = node.describe();
            restart(builder());

            assertThat(node.id()).isEqualTo(before.id());
            assertThat(node.bootId()).isNotEqualTo(before.bootId());
        }

        @Test
        @DisplayName("still answers for jobs that had ended: state, frames, files, log and key")
        void remembersEnded() throws Exception {
            NodeJobView job = accepted(submit(named("1-3", "shot", null), "k", null));
            engine.last().render(1, SECOND);
            engine.last().begin(2);
            engine.last()
                    .tell(new EngineEvent.Ended(new Failure(
                            FailureKind.CRASHED, 2, "It crashed:\tbadly.\n100 %", true, List.of("a", "", "b\tc"))));
            NodeJobView before = awaitEnd(job.id());
            List<FrameOutput> frames = node.frames(job.id()).orElseThrow();

            restart(builder());

            NodeJobView after = view(job.id());
            assertThat(after)
                    .usingRecursiveComparison()
                    .ignoringFields("version", "pollAfter", "secondsPerFrame", "startedAt")
                    .isEqualTo(before);
            assertThat(after.startedAt()).isNotNull();
            assertThat(node.frames(job.id())).contains(frames);
            assertThat(node.file(job.id(), 1, null)).isPresent();
            assertThat(node.log(job.id())).isPresent();
            assertThat(submit(named("1-3", "shot", null), "k", null))
                    .isInstanceOfSatisfying(
                            SubmitResult.Accepted.class,
                            same -> assertThat(same.created()).isFalse());
            assertThat(submit("1").pid()).isGreaterThan(job.pid());
        }

        @Test
        @DisplayName("refuses to share its own folder with another node")
        void locksItsFolder() {
            assertThatThrownBy(() -> builder().build())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use by another node");
        }
    }

    @Nested
    @DisplayName("that is told not to overwrite")
    class Keeping {
        @Test
        @DisplayName("keeps frames that are there and valid, and renders the others")
        void keepsValidFrames() throws Exception {
            NodeJobView first = accepted(submit(named("1-4", "shot", false), null, null));
            await().until(() -> engine.runs.size() == 1);
            for (int frame = 1; frame <= 4; frame++) {
                engine.last().render(frame, SECOND);
            }
            engine.last().end();
            awaitEnd(first.id());
            Files.writeString(root.resolve("shot/blender-render_0002.txt"), "damaged");
            Files.delete(root.resolve("shot/blender-render_0003.txt"));
            Files.writeString(root.resolve("shot/blender-render_0005.txt"), "of somebody else");

            NodeJobView second = accepted(submit(named("1-5", "shot", false), null, null));
            await().until(() -> engine.runs.size() == 2);
            assertThat(engine.last().task.frames()).isEqualTo(FrameSet.of(2, 3, 5));
            for (int frame : engine.last().task.frames()) {
                engine.last().render(frame, SECOND);
            }
            engine.last().end();

            NodeJobView ended = awaitEnd(second.id());
            assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
            assertThat(ended.finished()).isEqualTo(FrameSet.range(1, 5));
            assertThat(node.frames(second.id()).orElseThrow()).hasSize(5);
            assertThat(root.resolve("shot/blender-render_0005.txt")).hasContent("frame 5");

            NodeJobView third = accepted(submit(named("5-1", "shot", false), null, null));
            assertThat(awaitEnd(third.id()).state()).isEqualTo(JobState.COMPLETED);
            assertThat(engine.runs).hasSize(2);
        }

        @Test
        @DisplayName("looks through no more of them once somebody has cancelled the job")
        void cancelledWhileLooking() throws Exception {
            NodeJobView first = accepted(submit(named("1-4", "shot", false), null, null));
            await().until(() -> engine.runs.size() == 1);
            for (int frame = 1; frame <= 4; frame++) {
                engine.last().render(frame, SECOND);
            }
            engine.last().end();
            awaitEnd(first.id());
            Path folder = root.resolve("shot");
            Manifest.Picture picture =
                    new Manifest(folder).read().values().iterator().next().picture();
            AtomicInteger asked = new AtomicInteger();

            List<FrameOutput> kept = KeptFrames.find(
                    folder,
                    FrameSet.range(1, 4),
                    OutputPattern.DEFAULT,
                    picture,
                    new OutputVerifier(),
                    () -> asked.incrementAndGet() < 3);

            assertThat(kept).extracting(FrameOutput::frame).containsExactly(1, 2);
            assertThat(asked).hasValue(3);
        }

        @Test
        @DisplayName("renders again what was made of another scene or with other settings")
        void rendersWhatDiffers() throws Exception {
            Path scene = Files.writeString(root.resolve("scene.blend"), "first");
            restart(builder().defaultScene(scene));
            NodeJobView first = accepted(submit(named("1", "shot", false), null, null));
            await().until(() -> engine.runs.size() == 1);
            engine.last().render(1, SECOND);
            engine.last().end();
            awaitEnd(first.id());

            Files.writeString(scene, "second, longer");
            NodeJobView second = accepted(submit(named("1", "shot", false), null, null));
            await().until(() -> engine.runs.size() == 2);
            engine.last().render(1, SECOND);
            engine.last().end();

            assertThat(awaitEnd(second.id()).state()).isEqualTo(JobState.COMPLETED);
        }
    }

    @Nested
    @DisplayName("that somebody listens to")
    class Listened {
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final NodeListener listener = new NodeListener() {
            @Override
            public void jobTaken(NodeJobView job) {
                hear("taken " + job.frames());
            }

            @Override
            public void frameFinished(NodeJobView job, int frame, Duration renderTime) {
                hear("frame " + frame + " after " + renderTime.toSeconds() + " s");
            }

            @Override
            public void frameFailed(NodeJobView job, Failure failure) {
                hear("failed " + failure.kind());
            }

            @Override
            public void jobEnded(NodeJobView job) {
                hear("ended " + job.state());
            }
        };

        private void hear(String what) {
            heard.add(what + " " + MDC.get("job") + "/" + MDC.get("batch") + "/" + MDC.get("attempt") + "/"
                    + MDC.get("trace"));
        }

        @Test
        @DisplayName("tells what happens to jobs, with their ids in the log context of whichever thread it is")
        void tells() {
            node.listen(new NodeListener() {
                @Override
                public void jobTaken(NodeJobView job) {
                    throw new IllegalStateException("a mistake of the listener");
                }
            });
            Registration registration = node.listen(listener);
            String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
            NodeJobRequest request = new NodeJobRequest(
                    FrameSet.range(1, 2),
                    SceneRef.DEFAULT,
                    OutputPattern.DEFAULT,
                    RenderSettings.SCENE_DEFAULTS,
                    null,
                    new JobId("shot"),
                    new BatchId("7"));
            SubmitContext context =
                    new SubmitContext(null, AttemptId.parse("f/1/2"), "00-" + trace + "-00f067aa0ba902b7-01");
            NodeJobView job = ((SubmitResult.Accepted) node.submit(request, context, RateGate.OPEN)).job();
            engine.last().render(1, SECOND);
            engine.last().tell(new EngineEvent.FrameFailed(2, Failure.of(FailureKind.CRASHED, 2, "It crashed.")));
            engine.last().end();
            await().until(() -> heard.size() == 4);
            registration.close();
            submit("5");

            assertThat(heard)
                    .containsExactly(
                            "taken 1-2 shot/7/f/1/2/" + trace,
                            "frame 1 after 1 s shot/7/f/1/2/" + trace,
                            "failed CRASHED shot/7/f/1/2/" + trace,
                            "ended FAILED shot/7/f/1/2/" + trace);
            assertThat(MDC.get("job")).isNull();
            assertThat(view(job.id()).state()).isEqualTo(JobState.FAILED);
        }
    }

    @Test
    @DisplayName("without an output root keeps no files, and says so")
    void withoutFiles() throws Exception {
        restart(RenderNode.builder().engine(engine).time(time));
        NodeJobView job = submit("1-2");
        engine.last().tell(new EngineEvent.FrameStarted(1));
        engine.last().tell(new EngineEvent.FrameSaved(1, List.of(), SECOND));
        engine.last().tell(new EngineEvent.FrameSaved(2, List.of(), SECOND));
        engine.last().end();

        assertThat(view(job.id()).state()).isEqualTo(JobState.COMPLETED);
        assertThat(node.keepsFiles()).isFalse();
        assertThat(node.frames(job.id())).contains(List.of());
        assertThat(node.scenes()).isEmpty();
        assertThat(node.log(job.id())).isEmpty();
    }

    @Test
    @DisplayName("that is closed ends what runs, and its engine")
    void closes() {
        NodeJobView job = submit("1-5");

        node.close();
        node.close();

        assertThat(view(job.id()).state()).isEqualTo(JobState.FAILED);
        assertThat(engine.closed).isTrue();
    }
}
