package io.renderfleet.node.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.model.Sha256;
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
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.spi.UploadOutcome;
import io.renderfleet.node.ManualTime;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.testkit.BakingEngine;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The transport inside of one JVM")
@Timeout(60)
class InProcessTransportTest {
    private static final Duration WAIT = Duration.ofSeconds(25);
    private static final Target TARGET = new Target.Machine(InProcessTransport.address("a"));
    private static final Target NOBODY = new Target.Machine(URI.create("inproc:nobody"));

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();
    private final InProcessTransport transport = new InProcessTransport(time);
    private RenderNode node;
    private long seq;

    @BeforeEach
    void start() throws IOException {
        start(new TestPatternEngine());
    }

    private void start(RenderEngine engine) throws IOException {
        if (node != null) {
            node.close();
        }
        node = RenderNode.builder()
                .engine(engine)
                .outputRoot(root.resolve("node"))
                .build();
        transport.add("a", node);
    }

    @AfterEach
    void stop() {
        transport.close();
        node.close();
    }

    private static <T> T get(CompletionStage<? super T> stage, Class<T> expected) {
        Object outcome = stage.toCompletableFuture().join();
        assertThat(outcome).isInstanceOf(expected);
        return expected.cast(outcome);
    }

    private Assignment assignment(String frames, Scene scene) {
        AttemptId attempt = new AttemptId("f", 1, ++seq);
        return new Assignment(
                new JobId("shot"),
                new BatchId("b" + seq),
                attempt,
                attempt.toString(),
                FrameSet.parse(frames),
                scene,
                RenderSettings.builder().width(64).height(36).build(),
                OutputPattern.DEFAULT,
                null,
                null,
                ScenePolicy.DEFAULT,
                null);
    }

    private RemoteJob submit(String frames) {
        return get(transport.submit(TARGET, assignment(frames, Scene.nodeDefault())), SubmitOutcome.Accepted.class)
                .remote();
    }

    @Test
    @DisplayName("describes its nodes")
    void describes() {
        assertThat(get(transport.describe(TARGET), DescribeOutcome.Described.class)
                        .node()
                        .id())
                .isEqualTo(node.id());
        assertThat(transport.targets()).containsExactly(TARGET);
    }

    @Test
    @DisplayName("takes a batch from submit to the fetched frame")
    void wholeWay() {
        RemoteJob remote = submit("1-2");

        BatchEnd end =
                get(transport.poll(remote, WAIT, null), PollOutcome.Ended.class).end();

        assertThat(end.state()).isEqualTo(BatchEnd.State.COMPLETED);
        var frames = get(transport.frames(remote), FramesOutcome.Listed.class).frames();
        assertThat(frames).extracting(FrameOutput::frame).containsExactly(1, 2);
        assertThat(end.outputs()).isEqualTo(frames);
        assertThat(get(transport.poll(remote, Duration.ZERO, null), PollOutcome.Ended.class)
                        .end())
                .isEqualTo(end);
        OutputFile main = frames.get(1).main();
        Path into = root.resolve("fetched.png");
        get(transport.fetch(remote, 2, main, into, ContentCheck.NONE), FetchOutcome.Fetched.class);
        assertThat(into).hasSize(main.bytes());
        assertThat(get(transport.log(remote, 10_000), LogOutcome.Text.class).text())
                .contains("Test pattern of frames 1-2");
        assertThat(get(transport.log(remote, 10), LogOutcome.Text.class).text()).hasSize(10);
    }

    @Test
    @DisplayName("tells the files with an end only where they are few")
    void manyFrames() {
        RemoteJob remote = submit("1-101");

        BatchEnd end =
                get(transport.poll(remote, WAIT, null), PollOutcome.Ended.class).end();

        assertThat(end.finished().size()).isEqualTo(101);
        assertThat(end.outputs()).isNull();
        assertThat(get(transport.frames(remote), FramesOutcome.Listed.class).frames())
                .hasSize(101);
    }

    @Test
    @DisplayName("fetches no file that is not the announced one, and leaves nothing of it")
    void checksFetched() throws Exception {
        RemoteJob remote = submit("1");
        get(transport.poll(remote, WAIT, null), PollOutcome.Ended.class);
        OutputFile main = get(transport.frames(remote), FramesOutcome.Listed.class)
                .frames()
                .get(0)
                .main();
        OutputFile other = new OutputFile(main.name(), main.bytes(), new Sha256("0".repeat(64)), true);
        Path into = root.resolve("fetched.png");

        get(transport.fetch(remote, 1, other, into, ContentCheck.NONE), FetchOutcome.Damaged.class);
        assertThat(into).doesNotExist();
        get(transport.fetch(remote, 1, main, into, bytes -> "is no picture"), FetchOutcome.Flawed.class);
        assertThat(into).doesNotExist();
        get(transport.fetch(remote, 2, main, into, ContentCheck.NONE), FetchOutcome.Lost.class);
        Files.writeString(into, "mine");
        get(transport.fetch(remote, 1, main, into, ContentCheck.NONE), FetchOutcome.LocalFailure.class);
        assertThat(into).hasContent("mine");
        get(
                transport.fetch(remote, 1, main, root.resolve("no/such/folder"), ContentCheck.NONE),
                FetchOutcome.LocalFailure.class);
    }

    @Test
    @DisplayName("tells what was found in the scene, and fetches the baked one")
    void fetchesBaked() throws Exception {
        start(new BakingEngine(new TestPatternEngine()));
        RemoteJob remote = submit("1-2");

        BatchEnd end =
                get(transport.poll(remote, WAIT, null), PollOutcome.Ended.class).end();

        SceneReport scene = end.scene();
        assertThat(scene).isNotNull();
        assertThat(scene.frameRate()).isEqualTo(FrameRate.of(25));
        assertThat(scene.simulation()).isEqualTo(new UnbakedSimulation(1, 250, 0.01));
        BakedScene baked = scene.baked();
        assertThat(baked).isNotNull();
        Path into = root.resolve("baked.zip");
        get(transport.fetchBaked(remote, baked, into), FetchOutcome.Fetched.class);
        assertThat(into).hasContent(BakingEngine.ZIP);

        Path never = root.resolve("never.zip");
        BakedScene other = new BakedScene(new Sha256("0".repeat(64)), baked.bytes(), baked.entry(), baked.engine());
        get(transport.fetchBaked(remote, other, never), FetchOutcome.Damaged.class);
        get(transport.fetchBaked(new RemoteJob(TARGET, "j-nobody", null), baked, never), FetchOutcome.Lost.class);
        get(transport.fetchBaked(new RemoteJob(NOBODY, "j", null), baked, never), FetchOutcome.Unreachable.class);
        assertThat(never).doesNotExist();
        start(new TestPatternEngine());
        RemoteJob plain = submit("1");
        assertThat(get(transport.poll(plain, WAIT, null), PollOutcome.Ended.class)
                        .end()
                        .scene())
                .isNull();
        get(transport.fetchBaked(plain, baked, never), FetchOutcome.Lost.class);
    }

    @Test
    @DisplayName("sends a scene to a node that lacks it")
    void sendsScenes() throws Exception {
        Scene.Local scene = Scene.local(Files.writeString(root.resolve("shot.blend"), "a scene"))
                .hashed();
        get(transport.submit(TARGET, assignment("1", scene)), SubmitOutcome.SceneMissing.class);

        get(transport.upload(TARGET, scene), UploadOutcome.Stored.class);
        get(transport.upload(TARGET, scene), UploadOutcome.Stored.class);

        get(transport.submit(TARGET, assignment("1", scene)), SubmitOutcome.Accepted.class);
    }

    @Test
    @DisplayName("notices a scene that has changed, is gone, or is no whole zip")
    void refusesScenes() throws Exception {
        Path file = Files.writeString(root.resolve("shot.blend"), "a scene");
        Scene.Local scene = Scene.local(file).hashed();
        Files.writeString(file, "another scene");
        get(transport.upload(TARGET, scene), UploadOutcome.LocalFailure.class);
        Files.delete(file);
        get(transport.upload(TARGET, scene), UploadOutcome.LocalFailure.class);
        Scene.Local zip = Scene.local(Files.writeString(root.resolve("shot.zip"), "PK\3\4 and no more"))
                .hashed();
        get(transport.upload(TARGET, zip), UploadOutcome.Refused.class);
    }

    @Test
    @DisplayName("holds a poll until something changes, or its time is over")
    void holdsPolls() throws Exception {
        start(new TestPatternEngine(Duration.ofHours(1)));
        RemoteJob remote = submit("1-5");
        AttemptId by = new AttemptId("f", 1, 1);

        CompletableFuture<PollOutcome> ofEnd =
                transport.poll(remote, WAIT, null).toCompletableFuture();
        assertThat(ofEnd).isNotDone();
        time.advance(WAIT);
        PollOutcome.Running expired = get(ofEnd, PollOutcome.Running.class);
        assertThat(expired.held()).isTrue();
        CompletableFuture<PollOutcome> ofNews =
                transport.poll(remote, WAIT, expired.etag()).toCompletableFuture();
        get(transport.shorten(remote, FrameSet.range(1, 3), by), ShortenOutcome.Kept.class);
        assertThat(get(ofNews, PollOutcome.Running.class).etag()).isNotEqualTo(expired.etag());

        CompletableFuture<PollOutcome> held = transport.poll(remote, WAIT, null).toCompletableFuture();
        get(transport.cancel(remote, by), CancelOutcome.class);
        assertThat(get(held, PollOutcome.Ended.class).end().state()).isEqualTo(BatchEnd.State.CANCELLED);
    }

    @Test
    @DisplayName("shortens a batch, and tells what an ended one has finished")
    void shortens() throws Exception {
        start(new TestPatternEngine(Duration.ofHours(1)));
        RemoteJob remote = submit("1-5");
        AttemptId by = new AttemptId("f", 1, 1);

        FrameSet kept = get(transport.shorten(remote, FrameSet.of(5), by), ShortenOutcome.Kept.class)
                .frames();

        assertThat(FrameSet.of(1, 5).containsAll(kept)).isTrue();
        assertThat(kept.contains(5)).isTrue();
        transport.cancel(remote, by);
        get(transport.poll(remote, WAIT, null), PollOutcome.Ended.class);
        get(transport.shorten(remote, FrameSet.of(5), by), ShortenOutcome.AlreadyEnded.class);
    }

    @Test
    @DisplayName("tells a node that is full, draining, or of another identity from one that is not there")
    void tellsWhoIsThere() throws Exception {
        start(new TestPatternEngine(Duration.ofHours(1)));
        RemoteJob remote = submit("1");

        get(transport.submit(TARGET, assignment("1", Scene.nodeDefault())), SubmitOutcome.SlotsTaken.class);
        node.drain(Duration.ofDays(1));
        get(transport.submit(TARGET, assignment("1", Scene.nodeDefault())), SubmitOutcome.Draining.class);
        RemoteJob ofAnother = new RemoteJob(TARGET, remote.id(), new NodeId("n-other"));
        get(transport.poll(ofAnother, WAIT, null), PollOutcome.Misrouted.class);
        get(transport.poll(new RemoteJob(TARGET, "j-nobody", null), WAIT, null), PollOutcome.Lost.class);
        get(transport.poll(new RemoteJob(NOBODY, "j", null), WAIT, null), PollOutcome.Unreachable.class);
        assertThat(get(transport.submit(NOBODY, assignment("1", Scene.nodeDefault())), SubmitOutcome.Unreachable.class)
                        .maybeAccepted())
                .isFalse();
    }

    @Test
    @DisplayName("stands a coordinator down that was replaced")
    void fences() throws Exception {
        start(new TestPatternEngine(Duration.ofHours(1)));
        RemoteJob remote = submit("1");
        AttemptId newer = new AttemptId("f", 2, 1);
        get(transport.shorten(remote, FrameSet.of(1), newer), ShortenOutcome.Kept.class);

        AttemptId older = new AttemptId("f", 1, 1);
        get(transport.submit(TARGET, assignment("1", Scene.nodeDefault())), SubmitOutcome.Fenced.class);
        get(transport.cancel(remote, older), CancelOutcome.Fenced.class);
        get(transport.shorten(remote, FrameSet.of(1), older), ShortenOutcome.Fenced.class);
    }

    @Test
    @DisplayName("answers every held poll when it is closed")
    void closes() throws Exception {
        start(new TestPatternEngine(Duration.ofHours(1)));
        CompletableFuture<PollOutcome> held =
                transport.poll(submit("1"), WAIT, null).toCompletableFuture();

        transport.close();

        get(held, PollOutcome.Unreachable.class);
        get(transport.describe(TARGET), DescribeOutcome.Unreachable.class);
    }
}
