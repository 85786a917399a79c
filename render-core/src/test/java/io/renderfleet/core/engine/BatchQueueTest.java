package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.engine.node.NodeTable;
import io.renderfleet.core.engine.node.SlotListener;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.loop.TimeSource;
import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.HealthPolicy;
import io.renderfleet.core.policy.SharePolicy;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.split.BatchSplitters;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The queue of jobs")
class BatchQueueTest {
    private static final Instant AT = Instant.parse("2026-11-29T10:00:00Z");

    private final NodeEntry node = node();
    private long nanos;
    private BatchQueue queue = queue(SharePolicy.ofDefaults());
    private long made;
    private int batches;

    BatchQueueTest() {}

    private BatchQueue queue(SharePolicy shares) {
        return new BatchQueue(shares, () -> nanos);
    }

    /** A node of which nothing is known but its address: it suits jobs that require nothing. */
    private static NodeEntry node() {
        Loop loop = new Loop(TimeSource.system());
        NodeTable table = new NodeTable(
                loop,
                new SilentTransport(),
                HealthPolicy.ofDefaults(),
                new SplittableRandom(1),
                notice -> {},
                new SlotListener() {
                    @Override
                    public void nodeFree() {
                        // Nobody dispatches here.
                    }

                    @Override
                    public void throttled(Target target, Duration wait) {
                        // Nobody polls here.
                    }
                });
        return table.add(new Target.Machine(URI.create("http://localhost:3001")));
    }

    /** Never answers, so that nothing becomes known of the node. */
    private static final class SilentTransport implements RenderTransport {
        @Override
        public CompletionStage<DescribeOutcome> describe(Target target) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
            throw new AssertionError("a queue submits nothing");
        }

        @Override
        public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
            throw new AssertionError("a queue polls nothing");
        }

        @Override
        public CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by) {
            throw new AssertionError("a queue cancels nothing");
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    private ActiveJob job(String name, int priority) {
        return job(RenderRequest.of(Scene.nodeDefault(), "1-100").priority(priority), name);
    }

    private ActiveJob job(RenderRequest request, String name) {
        BatchLedger ledger =
                new BatchLedger(new JobTransition.JobSubmitted(AT, new JobId(name), request, Path.of("frames")));
        ActiveJob job = new ActiveJob(
                ledger, made++, BatchSplitters.fixed(5), new BatchHistory(new BatchHistory.Shelf(100)), 0);
        job.committed();
        queue.update(job);
        return job;
    }

    /** Hands the next five frames of a job out. */
    private BatchId dispatch(ActiveJob job) {
        int number = ++batches;
        BatchId id = job.ledger.nextBatch();
        job.apply(new JobTransition.BatchDispatched(
                AT,
                job.ledger.job(),
                id,
                job.ledger.waiting().head().take(5),
                new AttemptId("f-1", 1, number),
                URI.create("http://localhost:3001"),
                null,
                1,
                null,
                SceneUse.AS_SENT));
        queue.update(job);
        job.opens(Objects.requireNonNull(job.ledger.openBatch(id)), node, nanos);
        queue.update(job);
        return id;
    }

    private String next() {
        ActiveJob job = queue.next(node, nanos);
        return job == null ? "nobody" : job.toString();
    }

    @Test
    @DisplayName("serves the job of higher priority first, however much of it runs")
    void priorityFirst() {
        ActiveJob urgent = job("urgent", 9);
        job("usual", 5);
        IntStream.range(0, 6).forEach(i -> dispatch(urgent));

        assertThat(next()).isEqualTo("urgent");
    }

    @Test
    @DisplayName("serves jobs of one priority in turn, so that each holds as many slots as the others")
    void inTurn() {
        List<ActiveJob> jobs = List.of(job("one", 5), job("two", 5), job("three", 5));
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            ActiveJob job = queue.next(node, 0);
            assertThat(job).isNotNull();
            served.add(job.toString());
            dispatch(job);
        }

        assertThat(served).containsExactly("one", "two", "three", "one", "two", "three", "one", "two", "three");
        assertThat(jobs).allSatisfy(job -> assertThat(job.ledger.openBatches()).hasSize(3));
    }

    @Test
    @DisplayName("serves the job that came first among those that hold as many slots")
    void firstComeFirstServed() {
        job("first", 5);
        job("second", 5);

        assertThat(next()).isEqualTo("first");
    }

    private ActiveJob jobOf(String owner, String name) {
        return job(RenderRequest.of(Scene.nodeDefault(), "1-100").owner(owner), name);
    }

    @Test
    @DisplayName("serves owners in turn, so that many jobs of one do not keep a single job of another waiting")
    void ownersInTurn() {
        List<ActiveJob> greedy = IntStream.range(0, 50)
                .mapToObj(i -> jobOf("greedy", "greedy-" + i))
                .toList();
        greedy.subList(0, 2).forEach(this::dispatch);
        ActiveJob small = jobOf("honest", "small");
        assertThat(next()).isEqualTo("small");
        dispatch(small);
        assertThat(next()).as("two slots are more than one").isEqualTo("small");
        dispatch(small);

        assertThat(next()).as("who was served longest ago").isEqualTo("greedy-2");
    }

    @Test
    @DisplayName(
            "serves owners in turn with a single slot too, and those that come new as if they had just been served")
    void oneSlot() {
        ActiveJob greedy = jobOf("greedy", "greedy-0");
        jobOf("greedy", "greedy-1");
        jobOf("honest", "small");
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ActiveJob job = queue.next(node, 0);
            assertThat(job).isNotNull();
            served.add(job.toString());
            dispatch(job);
            end(job);
        }

        assertThat(served).containsExactly("greedy-0", "small", "greedy-0", "small");
        assertThat(greedy.ledger.openBatches()).isEmpty();
    }

    private void end(ActiveJob job) {
        end(job, job.ledger.openBatches().iterator().next().id());
    }

    /** Ends a batch of a job, with its frames still to be rendered. */
    private void end(ActiveJob job, BatchId id) {
        BatchRecord batch = Objects.requireNonNull(job.ledger.openBatch(id));
        job.apply(new JobTransition.BatchEnded(
                AT,
                job.ledger.job(),
                batch.id(),
                batch.attempt(),
                BatchOutcome.RETURNED,
                null,
                null,
                AttemptFacts.NONE));
        queue.update(job);
    }

    /** A slot that is always busy: who is served holds it for some seconds. Gives for how long each owner held it. */
    private Map<String, Long> oneSlotFor(long seconds, Map<String, Long> secondsOfBatch) {
        Map<String, Long> held = new TreeMap<>();
        for (long spent = 0; spent < seconds; ) {
            ActiveJob job = Objects.requireNonNull(queue.next(node, nanos));
            String owner = job.ledger.request().owner().orElseThrow();
            long length = secondsOfBatch.getOrDefault(owner, 10L);
            dispatch(job);
            nanos += Duration.ofSeconds(length).toNanos();
            end(job);
            held.merge(owner, length, Long::sum);
            spent += length;
        }
        return held;
    }

    @Test
    @DisplayName("counts the seconds for which a slot is held, so that who has long batches gets no more than others")
    void countsWork() {
        jobOf("long", "l");
        jobOf("short", "s");

        Map<String, Long> held = oneSlotFor(10_000, Map.of("long", 100L, "short", 1L));

        assertThat(held.get("long")).isBetween(4_900L, 5_100L);
    }

    @Test
    @DisplayName("gives ten jobs of one owner together as much as the one job of another")
    void tenAgainstOne() {
        IntStream.range(0, 10).forEach(i -> jobOf("many", "many-" + i));
        jobOf("one", "one");

        Map<String, Long> held = oneSlotFor(1_000, Map.of());

        assertThat(held).containsEntry("many", 500L).containsEntry("one", 500L);
    }

    @Test
    @DisplayName("gives owners work in proportion to their weights")
    void weights() {
        queue = queue(SharePolicy.ofDefaults().weight("studio", 3));
        jobOf("studio", "studio");
        jobOf("guest", "guest");

        Map<String, Long> held = oneSlotFor(4_000, Map.of("guest", 7L));

        assertThat(held.get("studio")).isBetween(2_970L, 3_030L);
    }

    @Test
    @DisplayName("gives who comes later no claim to what others had before")
    void nothingToCatchUp() {
        jobOf("early", "early");
        oneSlotFor(1_000, Map.of());
        jobOf("late", "late");

        Map<String, Long> held = oneSlotFor(400, Map.of());

        assertThat(held.get("late")).isBetween(190L, 210L);
    }

    @Test
    @DisplayName("within an owner serves the job that has the fewest seconds left, where that is wanted")
    void shortestFirst() {
        queue = queue(SharePolicy.ofDefaults().withinOwner(SharePolicy.WithinOwner.SHORTEST_FIRST));
        ActiveJob dear = job(RenderRequest.of(Scene.nodeDefault(), "1-10").owner("ann"), "dear");
        ActiveJob cheap = job(RenderRequest.of(Scene.nodeDefault(), "1-50").owner("ann"), "cheap");

        assertThat(next()).as("of neither is anything known but its length").isEqualTo("dear");

        dear.pace.measured(Duration.ofSeconds(100), node.speed().estimate(), 1);
        cheap.pace.measured(Duration.ofSeconds(1), node.speed().estimate(), 1);
        dispatch(dear);
        dispatch(cheap);

        assertThat(next()).isEqualTo("cheap");
    }

    @Test
    @DisplayName("looks again at what runs, so that a job whose batch goes on and on does not count as having little")
    void refreshes() {
        ActiveJob first = jobOf("ann", "first");
        ActiveJob second = jobOf("ann", "second");
        dispatch(first);
        nanos += Duration.ofSeconds(100).toNanos();
        dispatch(second);
        dispatch(second);

        assertThat(next()).as("130 against 60").isEqualTo("second");
    }

    @Test
    @DisplayName("moves a job whose priority changes")
    void movesWithPriority() {
        job("first", 5);
        ActiveJob second = job("second", 5);
        second.apply(new JobTransition.JobReprioritized(AT, second.ledger.job(), 6));
        queue.update(second);

        assertThat(next()).isEqualTo("second");
    }

    @Test
    @DisplayName("does not serve what is paused, waits for other jobs, is not durable, ends, or is all handed out")
    void notRunnable() {
        ActiveJob paused = job("paused", 5);
        paused.apply(new JobTransition.JobPaused(AT, paused.ledger.job()));
        ActiveJob blocked = job("blocked", 5);
        blocked.waitsForOthers(true);
        ActiveJob ending = job("ending", 5);
        ending.stopsAs(
                new ActiveJob.Stop(JobState.CANCELLED, Failure.of(FailureKind.CANCELLED, "Somebody cancelled it.")));
        ActiveJob out = job(RenderRequest.of(Scene.nodeDefault(), FrameSet.range(1, 5)), "out");
        dispatch(out);
        List.of(paused, blocked, ending).forEach(queue::update);

        assertThat(queue.isEmpty()).isTrue();
        assertThat(next()).isEqualTo("nobody");

        blocked.waitsForOthers(false);
        queue.update(blocked);

        assertThat(next()).isEqualTo("blocked");
    }

    @Test
    @DisplayName("keeps jobs apart by what they require, and offers a node only what it can do")
    void byRequirement() {
        job(
                RenderRequest.of(Scene.nodeDefault(), "1-10")
                        .requires(Map.of("gpu", "yes"))
                        .priority(9),
                "picky");
        job("easy", 5);

        assertThat(queue.sorts()).hasSize(2);
        assertThat(next()).isEqualTo("easy");
    }

    @Test
    @DisplayName("passes over a job that avoids the node, and serves the next one")
    void avoided() {
        ActiveJob shy = job("shy", 9);
        job("other", 5);
        shy.nodes.avoid(node, 0, Duration.ofSeconds(10), false);

        assertThat(next()).isEqualTo("other");
        assertThat(queue.next(node, Duration.ofSeconds(10).toNanos())).hasToString("shy");
    }
}
