package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.ContentCheck;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.FetchOutcome;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.spi.UploadOutcome;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.testkit.BakingEngine;
import io.renderfleet.transport.http.HttpTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Over the HTTP transport, a node")
@Timeout(120)
class OverHttpTransportTest {
    private static final RenderSettings SMALL =
            RenderSettings.builder().width(32).height(16).build();

    @TempDir
    Path root;

    @TempDir
    Path fetched;

    private final HttpTransport transport = HttpTransport.create();

    @AfterEach
    void stop() {
        transport.close();
    }

    @Test
    @DisplayName("says all that it can do")
    void describes() throws Exception {
        try (TestNode node = baking()) {
            assertThat(ended(transport.describe(target(node))))
                    .isInstanceOfSatisfying(DescribeOutcome.Described.class, described -> {
                        assertThat(described.node().id())
                                .isEqualTo(node.server.node().id());
                        assertThat(described.node().capabilities()).containsExactlyInAnyOrder(Capability.values());
                    });
        }
    }

    @Test
    @DisplayName("renders a batch once for one key, and hands out its frames and its log")
    void wholeWay() throws Exception {
        try (TestNode node = TestNode.start(root)) {
            RemoteJob job = submit(node, batch("1-3", 1, Scene.nodeDefault()));

            assertThat(submit(node, batch("1-3", 1, Scene.nodeDefault()))).isEqualTo(job);
            assertThat(job.node()).isEqualTo(node.server.node().id());
            BatchEnd end = end(job);
            List<FrameOutput> frames = frames(job);
            assertThat(end)
                    .isEqualTo(new BatchEnd(BatchEnd.State.COMPLETED, FrameSet.range(1, 3), null).withOutputs(frames));
            assertThat(frames).extracting(FrameOutput::frame).containsExactly(1, 2, 3);
            for (FrameOutput frame : frames) {
                Path into = fetched.resolve(frame.frame() + ".png");
                assertThat(ended(transport.fetch(job, frame.frame(), frame.main(), into, ContentCheck.NONE)))
                        .isEqualTo(new FetchOutcome.Fetched());
                assertThat(into).hasSize(frame.main().bytes());
            }
            assertThat(ended(
                            transport.fetch(job, 4, frames.get(0).main(), fetched.resolve("4.png"), ContentCheck.NONE)))
                    .isEqualTo(new FetchOutcome.Lost());
            assertThat(ended(transport.log(job, 100))).isInstanceOf(LogOutcome.Text.class);
            assertThat(ended(transport.cancel(job, attempt(1)))).isEqualTo(new CancelOutcome.Stopped());
            assertThat(ended(transport.shorten(job, FrameSet.of(1), attempt(1))))
                    .isEqualTo(new ShortenOutcome.AlreadyEnded(FrameSet.range(1, 3)));
        }
    }

    @Test
    @DisplayName("tells what was found in the scene, and hands out the baked one")
    void bakes() throws Exception {
        try (TestNode node = baking()) {
            RemoteJob job = submit(node, batch("1-3", 1, Scene.nodeDefault()));

            SceneReport scene = end(job).scene();

            assertThat(scene).isNotNull();
            assertThat(scene.frameRate()).isEqualTo(FrameRate.of(25));
            assertThat(scene.simulation()).isEqualTo(new UnbakedSimulation(1, 250, 0.01));
            BakedScene baked = scene.baked();
            assertThat(baked).isNotNull();
            assertThat(baked.engine())
                    .isEqualTo(node.server.node().describe().engines().get(0));
            Path into = fetched.resolve("baked.zip");
            assertThat(ended(transport.fetchBaked(job, baked, into))).isEqualTo(new FetchOutcome.Fetched());
            assertThat(into).hasContent(BakingEngine.ZIP);

            Path never = fetched.resolve("never.zip");
            BakedScene shorter = new BakedScene(baked.sha256(), baked.bytes() - 1, baked.entry(), baked.engine());
            assertThat(ended(transport.fetchBaked(job, shorter, never))).isInstanceOf(FetchOutcome.Damaged.class);
            RemoteJob unknown =
                    new RemoteJob(target(node), "j-none", node.server.node().id());
            assertThat(ended(transport.fetchBaked(unknown, baked, never))).isEqualTo(new FetchOutcome.Lost());
            assertThat(never).doesNotExist();
        }
    }

    private TestNode baking() throws IOException {
        return TestNode.start(
                root, Duration.ZERO, node -> node.engine(new BakingEngine(new TestPatternEngine())), http -> {});
    }

    @Test
    @DisplayName("holds a poll until there is progress, and until the end where no progress is wanted")
    void holds() throws Exception {
        try (TestNode node = TestNode.slow(root, Duration.ofMillis(400))) {
            RemoteJob job = submit(node, batch("1-4", 1, Scene.nodeDefault()));

            PollOutcome.Running first = running(ended(transport.poll(job, Duration.ZERO, null)));
            assertThat(first.held()).isFalse();
            assertThat(first.etag()).isNotNull();
            PollOutcome.Running next = running(ended(transport.poll(job, Duration.ofSeconds(20), first.etag())));
            assertThat(next.held()).isTrue();
            assertThat(next.progress()).isNotEqualTo(first.progress());
            PollOutcome.Running unchanged = running(ended(transport.poll(job, Duration.ZERO, next.etag())));
            assertThat(finished(unchanged.progress())).isGreaterThanOrEqualTo(finished(next.progress()));

            assertThat(ended(transport.poll(job, Duration.ofSeconds(20), null)))
                    .isInstanceOfSatisfying(
                            PollOutcome.Ended.class,
                            ended -> assertThat(ended.end().state()).isEqualTo(BatchEnd.State.COMPLETED));
        }
    }

    @Test
    @DisplayName("gives frames up, stops, and refuses what it has no room for or knows to be stale")
    void controls() throws Exception {
        try (TestNode node = TestNode.slow(root, Duration.ofMillis(300))) {
            RemoteJob job = submit(node, batch("1-50", 1, Scene.nodeDefault()));

            assertThat(ended(transport.submit(target(node), batch("1", 2, Scene.nodeDefault()))))
                    .isInstanceOf(SubmitOutcome.SlotsTaken.class);
            assertThat(ended(transport.shorten(job, FrameSet.range(1, 40), attempt(1))))
                    .isEqualTo(new ShortenOutcome.Kept(FrameSet.range(1, 40)));
            assertThat(ended(transport.cancel(job, new AttemptId("f-1", 6, 1))))
                    .as("a batch can have stopped before the answer is written")
                    .isIn(new CancelOutcome.Stopping(), new CancelOutcome.Stopped());
            assertThat(end(job).state()).isEqualTo(BatchEnd.State.CANCELLED);
            assertThat(ended(transport.submit(target(node), batch("1", 3, Scene.nodeDefault()))))
                    .as("epoch 5 after 6")
                    .isEqualTo(new SubmitOutcome.Fenced());
            assertThat(ended(transport.cancel(job, attempt(1)))).isEqualTo(new CancelOutcome.Fenced());
        }
    }

    @Test
    @DisplayName("is sent a scene that it lacks")
    void scenes() throws Exception {
        Path file = fetched.resolve("shot.blend");
        Files.writeString(file, "a scene, for all that the test pattern knows");
        Scene.Local scene = Scene.local(file).hashed();
        try (TestNode node = TestNode.start(root)) {
            Assignment batch = batch("1", 1, scene);

            assertThat(ended(transport.submit(target(node), batch))).isEqualTo(new SubmitOutcome.SceneMissing());
            assertThat(ended(transport.upload(target(node), scene))).isEqualTo(new UploadOutcome.Stored());
            assertThat(ended(transport.upload(target(node), scene))).isEqualTo(new UploadOutcome.Stored());
            assertThat(end(submit(node, batch)).state()).isEqualTo(BatchEnd.State.COMPLETED);
            assertThat(ended(transport.submit(target(node), batch("1", 2, Scene.onNodes("none.blend")))))
                    .isInstanceOfSatisfying(
                            SubmitOutcome.Rejected.class,
                            rejected -> assertThat(rejected.failure().kind()).isEqualTo(FailureKind.SCENE_NOT_HERE));
        }
    }

    @Test
    @DisplayName("that took another's place is told from the one that took the batch")
    void misrouted(@TempDir Path other) throws Exception {
        RemoteJob job;
        try (TestNode node = TestNode.start(root)) {
            job = submit(node, batch("1", 1, Scene.nodeDefault()));
            end(job);
        }
        int port = job.target().address().getPort();
        try (TestNode node = TestNode.start(other, Duration.ZERO, builder -> {}, http -> http.port(port))) {
            assertThat(ended(transport.poll(job, Duration.ZERO, null))).isInstanceOf(PollOutcome.Misrouted.class);
            RemoteJob unknown =
                    new RemoteJob(target(node), "j-none", node.server.node().id());
            assertThat(ended(transport.poll(unknown, Duration.ZERO, null))).isEqualTo(new PollOutcome.Lost());
            assertThat(ended(transport.frames(unknown))).isEqualTo(new FramesOutcome.Lost());
            assertThat(ended(transport.cancel(unknown, attempt(1)))).isEqualTo(new CancelOutcome.Stopped());
        }
    }

    private static int finished(BatchProgress progress) {
        return progress.finished().size();
    }

    private static PollOutcome.Running running(PollOutcome outcome) {
        assertThat(outcome).isInstanceOf(PollOutcome.Running.class);
        return (PollOutcome.Running) outcome;
    }

    private RemoteJob submit(TestNode node, Assignment batch) throws Exception {
        SubmitOutcome outcome = ended(transport.submit(target(node), batch));
        assertThat(outcome).isInstanceOf(SubmitOutcome.Accepted.class);
        return ((SubmitOutcome.Accepted) outcome).remote();
    }

    private BatchEnd end(RemoteJob job) throws Exception {
        PollOutcome outcome = ended(transport.poll(job, Duration.ofSeconds(25), null));
        while (outcome instanceof PollOutcome.Running) {
            outcome = ended(transport.poll(job, Duration.ofSeconds(25), null));
        }
        assertThat(outcome).isInstanceOf(PollOutcome.Ended.class);
        return ((PollOutcome.Ended) outcome).end();
    }

    private List<FrameOutput> frames(RemoteJob job) throws Exception {
        FramesOutcome outcome = ended(transport.frames(job));
        assertThat(outcome).isInstanceOf(FramesOutcome.Listed.class);
        return ((FramesOutcome.Listed) outcome).frames();
    }

    private static Target target(TestNode node) {
        return new Target.Machine(node.server.uri());
    }

    private static AttemptId attempt(long seq) {
        return new AttemptId("f-1", 5, seq);
    }

    private static Assignment batch(String frames, long seq, Scene scene) {
        return new Assignment(
                new JobId("shot"),
                new BatchId("b" + seq),
                attempt(seq),
                attempt(seq).toString(),
                FrameSet.parse(frames),
                scene,
                SMALL,
                OutputPattern.DEFAULT,
                Duration.ofMinutes(5),
                null,
                ScenePolicy.DEFAULT,
                null);
    }

    private static <T> T ended(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
