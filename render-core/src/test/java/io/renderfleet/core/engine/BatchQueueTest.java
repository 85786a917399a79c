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
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.HealthPolicy;
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
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The queue of jobs")
class BatchQueueTest {
    private static final Instant AT = Instant.parse("2026-11-29T10:00:00Z");

    private final BatchQueue queue = new BatchQueue();
    private final NodeEntry node = node();
    private long made;
    private int batches;

    BatchQueueTest() {}

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
    private void dispatch(ActiveJob job) {
        int number = ++batches;
        job.apply(new JobTransition.BatchDispatched(
                AT,
                job.ledger.job(),
                job.ledger.nextBatch(),
                job.ledger.waiting().head().take(5),
                new AttemptId("f-1", 1, number),
                URI.create("http://localhost:3001"),
                null,
                1,
                null,
                SceneUse.AS_SENT));
        queue.update(job);
    }

    private String next() {
        ActiveJob job = queue.next(node, 0);
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

    /** Ends the batch of a job that was handed out last, with its frames still to be rendered. */
    private void end(ActiveJob job) {
        BatchRecord batch = job.ledger.openBatches().iterator().next();
        job.apply(new JobTransition.BatchEnded(
                AT, job.ledger.job(), batch.id(), batch.attempt(), BatchOutcome.RETURNED, null, null));
        queue.update(job);
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
