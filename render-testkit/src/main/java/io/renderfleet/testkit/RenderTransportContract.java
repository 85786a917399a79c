package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Sha256;
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
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.spi.UploadOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link RenderTransport} must do that brings frames back. A transport's test extends this class and brings up the other side.
 *
 * <p>What only some targets can do is tested where the target says that it can. For a {@link Target.Pool} there are tests of its own.
 */
@Timeout(120)
public abstract class RenderTransportContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration QUICK = Duration.ofMillis(20);
    private static final Duration SLOW = Duration.ofMillis(400);
    private static final String FARM = "f-contract";

    /** Where the contract's own files are; for implementations, too. */
    @TempDir
    protected Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final BlockingQueue<RemoteJob> signals = new LinkedBlockingQueue<>();
    private long attempts;

    /** For implementations. */
    protected RenderTransportContract() {}

    /**
     * Brings up the other side.
     *
     * @param perFrame how long a frame takes there at least
     * @return a new one each time
     * @throws Exception if it cannot be brought up
     */
    protected abstract TransportFixture fixture(Duration perFrame) throws Exception;

    /**
     * Ends what the test has opened.
     *
     * @throws Exception if that does not work
     */
    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private TransportFixture open(Duration perFrame) throws Exception {
        TransportFixture fixture = fixture(perFrame);
        open.add(fixture);
        return fixture;
    }

    /** A transport as of a coordinator, which its target has answered. */
    private RenderTransport coordinator(TransportFixture fixture, long epoch) throws Exception {
        RenderTransport transport = fixture.transport();
        open.add(transport);
        transport.start(signals::add, FARM, epoch);
        describe(transport, fixture.target());
        return transport;
    }

    private NodeDescription describe(RenderTransport transport, Target target) throws Exception {
        DescribeOutcome outcome = until(
                () -> transport.describe(target),
                described -> described instanceof DescribeOutcome.Described told
                        && told.node().capabilities().contains(Capability.FRAMES));
        return ((DescribeOutcome.Described) outcome).node();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @FunctionalInterface
    private interface Call<T> {
        CompletionStage<T> make();
    }

    /** Asks again and again, a signal being a reason to ask at once. */
    private <T> T until(Call<T> call, Predicate<T> enough) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        T answer = get(call.make());
        while (!enough.test(answer) && System.nanoTime() - deadline < 0) {
            RemoteJob unused = signals.poll(100, TimeUnit.MILLISECONDS);
            answer = get(call.make());
        }
        assertThat(answer).matches(enough, "is what was waited for");
        return answer;
    }

    private Assignment batch(String frames, Scene scene) {
        AttemptId attempt = new AttemptId(FARM, 1, ++attempts);
        return new Assignment(
                new JobId("contract"),
                new BatchId(String.valueOf(attempts)),
                attempt,
                attempt.toString(),
                FrameSet.parse(frames),
                scene,
                RenderSettings.builder().width(32).height(18).build(),
                OutputPattern.DEFAULT,
                Duration.ofMinutes(5),
                null,
                ScenePolicy.DEFAULT,
                null);
    }

    private RemoteJob submit(RenderTransport transport, Target target, Assignment batch) throws Exception {
        SubmitOutcome outcome = get(transport.submit(target, batch));
        assertThat(outcome).isInstanceOf(SubmitOutcome.Accepted.class);
        return ((SubmitOutcome.Accepted) outcome).remote();
    }

    private PollOutcome.Ended end(RenderTransport transport, RemoteJob remote) throws Exception {
        return (PollOutcome.Ended)
                until(() -> transport.poll(remote, Duration.ZERO, null), PollOutcome.Ended.class::isInstance);
    }

    private PollOutcome.Running running(RenderTransport transport, RemoteJob remote) throws Exception {
        return (PollOutcome.Running) until(
                () -> transport.poll(remote, Duration.ZERO, null),
                outcome -> outcome instanceof PollOutcome.Running now
                        && now.progress().currentFrame() != null);
    }

    private List<FrameOutput> frames(RenderTransport transport, RemoteJob remote) throws Exception {
        FramesOutcome outcome = get(transport.frames(remote));
        assertThat(outcome).isInstanceOf(FramesOutcome.Listed.class);
        return ((FramesOutcome.Listed) outcome).frames();
    }

    // Every target.

    @Test
    @DisplayName("says what its target is, and by the same id each time")
    void describesItsTarget() throws Exception {
        TransportFixture fixture = open(QUICK);
        RenderTransport transport = coordinator(fixture, 1);

        NodeDescription first = describe(transport, fixture.target());

        assertThat(first.engines()).isNotEmpty();
        assertThat(describe(transport, fixture.target()).id()).isEqualTo(first.id());
    }

    @Test
    @DisplayName("hands a batch over, says when it has ended, and brings its frames back whole")
    void rendersAndBringsBack() throws Exception {
        TransportFixture fixture = open(QUICK);
        RenderTransport transport = coordinator(fixture, 1);

        RemoteJob remote = submit(transport, fixture.target(), batch("1-3", Scene.nodeDefault()));
        PollOutcome.Ended ended = end(transport, remote);

        assertThat(ended.end().state()).isEqualTo(BatchEnd.State.COMPLETED);
        assertThat(ended.end().finished()).isEqualTo(FrameSet.parse("1-3"));
        List<FrameOutput> made = frames(transport, remote);
        assertThat(made).extracting(FrameOutput::frame).containsExactlyInAnyOrder(1, 2, 3);
        if (ended.end().outputs() != null) {
            assertThat(ended.end().outputs()).containsExactlyInAnyOrderElementsOf(made);
        }
        for (FrameOutput frame : made) {
            Path into = folder.resolve("fetched-" + frame.frame());
            assertThat(get(transport.fetch(remote, frame.frame(), frame.main(), into, ContentCheck.NONE)))
                    .isInstanceOf(FetchOutcome.Fetched.class);
            assertThat(digest(into)).isEqualTo(frame.main().sha256());
        }
    }

    @Test
    @DisplayName("says how far a batch is, and lists its finished frames, while it goes on")
    void listsWhileItRuns() throws Exception {
        TransportFixture fixture = open(SLOW);
        RenderTransport transport = coordinator(fixture, 1);
        RemoteJob remote = submit(transport, fixture.target(), batch("1-50", Scene.nodeDefault()));

        PollOutcome.Running one = (PollOutcome.Running) until(
                () -> transport.poll(remote, Duration.ZERO, null),
                outcome -> outcome instanceof PollOutcome.Running now
                        && !now.progress().finished().isEmpty());

        List<Integer> listed =
                frames(transport, remote).stream().map(FrameOutput::frame).toList();
        assertThat(listed).contains(one.progress().finished().first());
        assertThat(get(transport.cancel(remote, new AttemptId(FARM, 1, 1))))
                .isInstanceOfAny(CancelOutcome.Stopping.class, CancelOutcome.Stopped.class);
    }

    @Test
    @DisplayName("takes the same key for the same batch")
    void sameKeySameBatch() throws Exception {
        TransportFixture fixture = open(QUICK);
        RenderTransport transport = coordinator(fixture, 1);
        Assignment batch = batch("1-2", Scene.nodeDefault());

        RemoteJob first = submit(transport, fixture.target(), batch);
        RemoteJob again = submit(transport, fixture.target(), batch);
        PollOutcome.Ended ended = end(transport, first);
        RemoteJob late = submit(transport, fixture.target(), batch);

        assertThat(again).isEqualTo(first);
        assertThat(late).isEqualTo(first);
        assertThat(end(transport, late).end().finished()).isEqualTo(ended.end().finished());
    }

    @Test
    @DisplayName("says of a batch that its target has never had that it is lost")
    void unknownIsLost() throws Exception {
        TransportFixture fixture = open(QUICK);
        RenderTransport transport = coordinator(fixture, 1);
        RemoteJob remote = submit(transport, fixture.target(), batch("1", Scene.nodeDefault()));
        RemoteJob never = new RemoteJob(remote.target(), remote.id() + "0", remote.node());
        PollOutcome.Ended unused = end(transport, remote);

        PollOutcome outcome =
                until(() -> transport.poll(never, Duration.ZERO, null), PollOutcome.Lost.class::isInstance);

        assertThat(outcome).isInstanceOf(PollOutcome.Lost.class);
        assertThat(get(transport.cancel(never, new AttemptId(FARM, 1, 4711))))
                .isInstanceOf(CancelOutcome.Stopped.class);
    }

    @Test
    @DisplayName("stops a batch, keeps what it had finished, and lets its target take the next one")
    void stops() throws Exception {
        TransportFixture fixture = open(SLOW);
        RenderTransport transport = coordinator(fixture, 1);
        Assignment batch = batch("1-500", Scene.nodeDefault());
        RemoteJob remote = submit(transport, fixture.target(), batch);
        PollOutcome.Running unused = running(transport, remote);

        CancelOutcome outcome = get(transport.cancel(remote, batch.attempt()));
        PollOutcome.Ended ended = end(transport, remote);
        PollOutcome.Ended next =
                end(transport, submitOnceFree(transport, fixture.target(), batch("7", Scene.nodeDefault())));

        assertThat(outcome).isInstanceOfAny(CancelOutcome.Stopping.class, CancelOutcome.Stopped.class);
        assertThat(ended.end().state()).isEqualTo(BatchEnd.State.CANCELLED);
        assertThat(next.end().finished()).isEqualTo(FrameSet.of(7));
    }

    private RemoteJob submitOnceFree(RenderTransport transport, Target target, Assignment batch) throws Exception {
        SubmitOutcome outcome = until(() -> transport.submit(target, batch), SubmitOutcome.Accepted.class::isInstance);
        return ((SubmitOutcome.Accepted) outcome).remote();
    }

    @Test
    @DisplayName("gives up frames that were not begun, where its target can")
    void shortens() throws Exception {
        TransportFixture fixture = open(SLOW);
        RenderTransport transport = coordinator(fixture, 1);
        assumeTrue(describe(transport, fixture.target()).capabilities().contains(Capability.SHORTEN));
        Assignment batch = batch("1-500", Scene.nodeDefault());
        RemoteJob remote = submit(transport, fixture.target(), batch);
        PollOutcome.Running unused = running(transport, remote);

        ShortenOutcome outcome = get(transport.shorten(remote, FrameSet.parse("1-2"), batch.attempt()));
        PollOutcome.Ended ended = end(transport, remote);

        assertThat(outcome).isInstanceOf(ShortenOutcome.Kept.class);
        FrameSet kept = ((ShortenOutcome.Kept) outcome).frames();
        assertThat(kept.containsAll(FrameSet.parse("1-2"))).isTrue();
        assertThat(kept.size()).isLessThan(100);
        assertThat(ended.end().state()).isEqualTo(BatchEnd.State.COMPLETED);
        assertThat(ended.end().finished()).isEqualTo(kept);
    }

    @Test
    @DisplayName("asks for a scene that its target lacks, sends it, and then has it rendered")
    void sendsScenes() throws Exception {
        TransportFixture fixture = open(QUICK);
        RenderTransport transport = coordinator(fixture, 1);
        Path file = Files.writeString(folder.resolve("shot.blend"), "a scene of " + System.nanoTime());
        Scene.Local scene = new Scene.Local(file, null, digest(file));
        Assignment batch = batch("4", scene);

        SubmitOutcome before = get(transport.submit(fixture.target(), batch));
        UploadOutcome sent = get(transport.upload(fixture.target(), scene));
        PollOutcome.Ended ended = end(transport, submitOnceFree(transport, fixture.target(), batch));

        assertThat(before).isInstanceOf(SubmitOutcome.SceneMissing.class);
        assertThat(sent).isInstanceOf(UploadOutcome.Stored.class);
        assertThat(ended.end().state()).isEqualTo(BatchEnd.State.COMPLETED);
    }

    @Test
    @DisplayName("does not obey a coordinator that was replaced, and goes on for the one that has replaced it")
    void fencesTheOldCoordinator() throws Exception {
        TakeOver it = takeOver();

        assertThat(get(it.old().cancel(it.remote(), it.byOld()))).isInstanceOf(CancelOutcome.Fenced.class);
        assertThat(running(it.now(), it.remote()).progress().currentFrame()).isNotNull();
        assertThat(get(it.now().cancel(it.remote(), it.byNow())))
                .isInstanceOfAny(CancelOutcome.Stopping.class, CancelOutcome.Stopped.class);
        assertThat(end(it.now(), it.remote()).end().state()).isEqualTo(BatchEnd.State.CANCELLED);
    }

    @Test
    @DisplayName("gives each of two coordinators that ask at the same time the answer to its own question")
    void answersWhoAsked() throws Exception {
        TakeOver it = takeOver();

        CompletionStage<CancelOutcome> fenced = it.old().cancel(it.remote(), it.byOld());
        CompletionStage<CancelOutcome> stopped = it.now().cancel(it.remote(), it.byNow());

        assertThat(get(stopped)).isInstanceOfAny(CancelOutcome.Stopping.class, CancelOutcome.Stopped.class);
        assertThat(get(fenced)).isInstanceOf(CancelOutcome.Fenced.class);
    }

    /** A batch that runs, the coordinator that has sent it, and the one that has taken over. */
    private record TakeOver(
            RenderTransport old, RenderTransport now, RemoteJob remote, AttemptId byOld, AttemptId byNow) {}

    private TakeOver takeOver() throws Exception {
        TransportFixture fixture = open(SLOW);
        RenderTransport old = coordinator(fixture, 1);
        Assignment batch = batch("1-500", Scene.nodeDefault());
        RemoteJob remote = submit(old, fixture.target(), batch);
        PollOutcome.Running unused = running(old, remote);

        RenderTransport now = coordinator(fixture, 2);
        PollOutcome.Running taken = running(now, remote);
        AttemptId byNow = batch.attempt().withEpoch(2);
        RemoteJob again = submit(now, fixture.target(), withAttempt(batch, byNow));

        assertThat(taken.progress().currentFrame()).isNotNull();
        assertThat(again).isEqualTo(remote);
        return new TakeOver(old, now, remote, batch.attempt(), byNow);
    }

    private static Assignment withAttempt(Assignment batch, AttemptId attempt) {
        return new Assignment(
                batch.job(),
                batch.batch(),
                attempt,
                batch.key(),
                batch.frames(),
                batch.scene(),
                batch.settings(),
                batch.output(),
                batch.timeout(),
                batch.renderer(),
                batch.scenePolicy(),
                batch.traceparent());
    }

    @Test
    @DisplayName("leaves nothing behind of a file that its target does not have")
    void missingFile() throws Exception {
        TransportFixture fixture = open(QUICK);
        RenderTransport transport = coordinator(fixture, 1);
        RemoteJob remote = submit(transport, fixture.target(), batch("1", Scene.nodeDefault()));
        PollOutcome.Ended unused = end(transport, remote);
        OutputFile none = new OutputFile("none_0009.png", 7, Sha256.of(Sha256.newDigest()), true);
        Path into = folder.resolve("nothing");

        FetchOutcome outcome = get(transport.fetch(remote, 9, none, into, ContentCheck.NONE));

        assertThat(outcome).isInstanceOf(FetchOutcome.Lost.class);
        assertThat(into).doesNotExist();
    }

    @Test
    @DisplayName("does not bring a file whose bytes a check finds wrong")
    void flawedFile() throws Exception {
        TransportFixture fixture = open(QUICK);
        RenderTransport transport = coordinator(fixture, 1);
        RemoteJob remote = submit(transport, fixture.target(), batch("1", Scene.nodeDefault()));
        PollOutcome.Ended unused = end(transport, remote);
        OutputFile file = frames(transport, remote).get(0).main();
        Path into = folder.resolve("flawed");

        FetchOutcome outcome = get(transport.fetch(remote, 1, file, into, bytes -> "is not to my liking"));

        assertThat(outcome).isEqualTo(new FetchOutcome.Flawed("is not to my liking"));
        assertThat(into).doesNotExist();
    }

    @Test
    @DisplayName("shows the log of a batch, or says that it cannot")
    void showsLogs() throws Exception {
        TransportFixture fixture = open(QUICK);
        RenderTransport transport = coordinator(fixture, 1);
        RemoteJob remote = submit(transport, fixture.target(), batch("1", Scene.nodeDefault()));
        PollOutcome.Ended unused = end(transport, remote);

        LogOutcome outcome = get(transport.log(remote, 4096));

        assertThat(outcome).isInstanceOfAny(LogOutcome.Text.class, LogOutcome.Unsupported.class);
    }

    // Pools.

    @Test
    @DisplayName("where it is a pool, keeps batches that no worker has begun, and gives them back unrendered")
    void withdraws() throws Exception {
        TransportFixture fixture = open(SLOW);
        assumeTrue(fixture.target() instanceof Target.Pool);
        RenderTransport transport = coordinator(fixture, 1);
        Assignment busy = batch("1-500", Scene.nodeDefault());
        RemoteJob first = submit(transport, fixture.target(), busy);
        PollOutcome.Running unused = running(transport, first);
        Assignment second = batch("3", Scene.nodeDefault());
        RemoteJob waits = submit(transport, fixture.target(), second);

        PollOutcome standing = get(transport.poll(waits, Duration.ZERO, null));
        CancelOutcome withdrawn = get(transport.cancel(waits, second.attempt()));
        PollOutcome.Ended ended = end(transport, waits);
        CancelOutcome stopped = get(transport.cancel(first, busy.attempt()));
        PollOutcome.Ended third = end(transport, submit(transport, fixture.target(), batch("8", Scene.nodeDefault())));

        assertThat(standing).isInstanceOf(PollOutcome.Waiting.class);
        assertThat(withdrawn).isInstanceOf(CancelOutcome.Stopped.class);
        assertThat(ended.end().state()).isEqualTo(BatchEnd.State.CANCELLED);
        assertThat(ended.end().finished()).isEqualTo(FrameSet.empty());
        assertThat(stopped).isInstanceOfAny(CancelOutcome.Stopping.class, CancelOutcome.Stopped.class);
        assertThat(third.end().finished()).isEqualTo(FrameSet.of(8));
    }

    @Test
    @DisplayName("where it is a pool, says who did the work")
    void saysWhoDidIt() throws Exception {
        TransportFixture fixture = open(QUICK);
        assumeTrue(fixture.target() instanceof Target.Pool);
        RenderTransport transport = coordinator(fixture, 1);
        NodeId pool = describe(transport, fixture.target()).id();

        PollOutcome.Ended ended = end(transport, submit(transport, fixture.target(), batch("1", Scene.nodeDefault())));

        assertThat(ended.executedBy()).isNotNull().isNotEqualTo(pool);
    }

    @Test
    @DisplayName("where it is a pool, finds a batch that waits and one that runs again for the next coordinator")
    void takesUpAgain() throws Exception {
        TransportFixture fixture = open(SLOW);
        assumeTrue(fixture.target() instanceof Target.Pool);
        RenderTransport old = coordinator(fixture, 1);
        Assignment busy = batch("1-6", Scene.nodeDefault());
        RemoteJob runs = submit(old, fixture.target(), busy);
        PollOutcome.Running unused = running(old, runs);
        RemoteJob waits = submit(old, fixture.target(), batch("9", Scene.nodeDefault()));
        old.close();

        RenderTransport now = coordinator(fixture, 2);
        PollOutcome again = get(now.poll(waits, Duration.ZERO, null));
        PollOutcome.Ended first = end(now, runs);
        PollOutcome.Ended second = end(now, waits);

        assertThat(again).isNotInstanceOf(PollOutcome.Lost.class);
        assertThat(first.end().finished()).isEqualTo(FrameSet.parse("1-6"));
        assertThat(second.end().finished()).isEqualTo(FrameSet.of(9));
    }

    private static Sha256 digest(Path file) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        digest.update(Files.readAllBytes(file));
        return Sha256.of(digest);
    }
}
