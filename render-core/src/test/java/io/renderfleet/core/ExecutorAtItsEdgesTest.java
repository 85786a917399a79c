package io.renderfleet.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Waiting;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.spi.StoredValues;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.spi.TransportSignals;
import io.renderfleet.core.store.InMemoryJobStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An executor, where what it was given does not keep its word or somebody is in a hurry,")
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExecutorAtItsEdgesTest {
    private static final RenderRequest SHOT = RenderRequest.of(Scene.onNodes("shot.blend"), "1-10");

    @TempDir
    Path folder;

    ExecutorAtItsEdgesTest() {}

    private RenderExecutorBuilder farm(ThinTransport transport) {
        return RenderExecutor.builder()
                .transport(transport)
                .nodes("thin://one", "thin://two")
                .outputRoot(folder);
    }

    private static RenderResult end(RenderHandle job) throws Exception {
        return job.completion().get(20, TimeUnit.SECONDS);
    }

    /** A store that keeps nothing. */
    private static class ThinStore implements JobStore {
        private final JobStore values = new InMemoryJobStore();
        volatile boolean closed;
        volatile boolean writtenAfterClose;

        @Override
        public CompletionStage<StoreOpening> open(Consumer<JobTransition> history) {
            return CompletableFuture.completedStage(new StoreOpening("f-1", 1, 0));
        }

        @Override
        public CompletionStage<Void> append(long position, List<JobTransition> transitions) {
            writtenAfterClose |= closed;
            return CompletableFuture.completedStage(null);
        }

        @Override
        public StoredValues values(String part) {
            return values.values(part);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** What an application gives whose compiler does not look after nulls. */
    @SuppressWarnings("NullAway")
    private static <T> T missing(Class<T> type) {
        return type.cast(null);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("says to its transport for which farm it works, and in which epoch, before it sends anything")
    void transportKnowsItsCoordinator() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        ThinTransport transport = new ThinTransport() {
            @Override
            public void start(TransportSignals signals, String farm, long epoch) {
                told.add(farm + "/" + epoch);
            }

            @Override
            public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
                told.add(
                        assignment.attempt().farm() + "/" + assignment.attempt().epoch());
                return super.submit(target, assignment);
            }
        };

        try (RenderExecutor farm = farm(transport).build()) {
            end(farm.submit(SHOT));
        }

        assertThat(told).hasSizeGreaterThan(1).containsOnly(told.get(0));
    }

    @Test
    @DisplayName("fails a submission that is under way when it is closed, and makes no folder for it afterwards")
    void closedWhileSubmitting() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        Executor slow = task -> {
            Thread thread = new Thread(() -> {
                opening.countDown();
                await(go);
                task.run();
                gone.countDown();
            });
            thread.setDaemon(true);
            thread.start();
        };
        RenderExecutor farm = farm(new ThinTransport()).io(slow).build();
        CompletableFuture<RenderHandle> taken = farm.submitAsync(SHOT).toCompletableFuture();
        await(opening);
        farm.close();
        go.countDown();

        assertThatThrownBy(() -> taken.get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        await(gone);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    @DisplayName("refuses a request that is null, at once")
    void nothing() {
        try (RenderExecutor farm = farm(new ThinTransport()).build()) {
            assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> farm.submit(missing(RenderRequest.class)))
                            .get(5, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(NullPointerException.class);
        }
    }

    @Test
    @DisplayName("fails a job whose splitter gives null or breaks an assertion, and goes on with the others")
    void splitters() throws Exception {
        for (BatchSplitter bad : List.<BatchSplitter>of(context -> missing(FrameSet.class), context -> {
            throw new AssertionError("of the application's");
        })) {
            try (RenderExecutor farm = farm(new ThinTransport()).splitter(bad).build()) {
                RenderHandle one = farm.submit(SHOT);
                RenderHandle other = farm.submit(SHOT.batchSize(2));

                assertThat(end(one).state()).isEqualTo(JobState.FAILED);
                assertThat(end(other).state()).isEqualTo(JobState.COMPLETED);
            }
        }
    }

    @Test
    @DisplayName("tries again what a store threw instead of saying it")
    void throwingStore() throws Exception {
        AtomicInteger appends = new AtomicInteger();
        JobStore store = new ThinStore() {
            @Override
            public CompletionStage<Void> append(long position, List<JobTransition> transitions) {
                if (appends.getAndIncrement() == 0) {
                    throw new IllegalStateException("a bug");
                }
                return super.append(position, transitions);
            }
        };
        try (RenderExecutor farm = farm(new ThinTransport()).store(store).build()) {
            RenderHandle job = farm.submitAsync(SHOT).toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThat(end(job).state()).isEqualTo(JobState.COMPLETED);
        }
    }

    @Test
    @DisplayName("takes what a transport throws for a node out of reach")
    void throwingTransport() throws Exception {
        AtomicInteger polls = new AtomicInteger();
        AtomicInteger submits = new AtomicInteger();
        ThinTransport transport = new ThinTransport() {
            @Override
            public CompletionStage<DescribeOutcome> describe(Target target) {
                if (target.address().getHost().equals("one")) {
                    throw new IllegalStateException("a bug");
                }
                return super.describe(target);
            }

            @Override
            public CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment) {
                if (submits.getAndIncrement() == 0) {
                    throw new IllegalStateException("a bug");
                }
                return super.submit(target, assignment);
            }

            @Override
            public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
                if (polls.getAndIncrement() == 0) {
                    throw new IllegalStateException("a bug");
                }
                return super.poll(remote, wait, etag);
            }
        };
        try (RenderExecutor farm = farm(transport).build()) {
            assertThat(end(farm.submit(SHOT)).state()).isEqualTo(JobState.COMPLETED);
        }
    }

    @Test
    @DisplayName("leaves nothing open if it cannot start")
    void cannotStart() {
        ThinTransport transport = new ThinTransport();
        ThinStore store = new ThinStore();
        NodeDiscovery broken = new NodeDiscovery() {
            @Override
            public void start(Consumer<Set<Target>> snapshots) {
                throw new IllegalArgumentException("no such file");
            }

            @Override
            public void close() {}
        };
        RenderExecutorBuilder builder = farm(transport).store(store).discovery(broken);

        assertThatThrownBy(builder::build).hasMessage("no such file");
        assertThat(store.closed).isTrue();
        assertThat(transport.closed).isTrue();
    }

    @Test
    @DisplayName("goes on although its callbacks are refused for a while")
    void refusedCallbacks() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        Executor callbacks = task -> {
            if (refused.incrementAndGet() % 3 == 0) {
                throw new RejectedExecutionException("busy");
            }
            task.run();
        };
        try (RenderExecutor farm = farm(new ThinTransport())
                .callbacks(callbacks)
                .listener(new RenderListener() {})
                .build()) {
            farm.submitAsync(SHOT);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(farm.jobs())
                            .isNotEmpty()
                            .allSatisfy(job -> assertThat(job.state()).isEqualTo(JobState.COMPLETED)));
        }
    }

    @Test
    @DisplayName("that only follows changes nothing")
    void follower() throws Exception {
        JobId id = new JobId("shot-1");
        try (FarmFollower follower = farm(new ThinTransport()).follow()) {
            follower.apply(List.of(new JobTransition.JobSubmitted(Instant.EPOCH, id, SHOT, folder)));
            RenderHandle job = follower.farm().job(id).orElseThrow();
            job.pause();
            job.priority(5);
            job.cancel();

            assertThat(job.snapshot().state()).isEqualTo(JobState.QUEUED);
            assertThat(job.snapshot().priority()).isZero();
            assertThat(job.waitingFor().orElseThrow().causes())
                    .extracting(Waiting.Cause::kind)
                    .containsExactly(Waiting.Kind.FOLLOWING);
            follower.apply(List.of(new JobTransition.JobEnded(Instant.EPOCH, id, JobState.CANCELLED, null)));
            assertThat(job.retry()).isFalse();
            assertThat(end(job).state()).isEqualTo(JobState.CANCELLED);
        }
    }

    @Test
    @DisplayName("is closed in good order by a thread that was interrupted, which stays so")
    void interrupted() throws Exception {
        ThinTransport busy = new ThinTransport() {
            @Override
            public CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag) {
                return answer(new PollOutcome.Running(BatchProgress.NONE, Duration.ofMillis(1), null, false));
            }
        };
        for (int i = 0; i < 20; i++) {
            ThinStore store = new ThinStore();
            RenderExecutor farm = farm(busy).store(store).build();
            RenderHandle job = farm.submit(SHOT);
            CompletableFuture<RenderResult> completion = job.completion();
            Thread.currentThread().interrupt();
            farm.close();
            boolean still = Thread.interrupted();

            assertThat(still).isTrue();
            assertThat(completion).isDone();
            assertThat(store.closed).isTrue();
            assertThat(store.writtenAfterClose).isFalse();
        }
    }

    @Test
    @DisplayName("survives an error in what it has done elsewhere")
    void brokenWork() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        Executor io = task -> {
            if (first.getAndSet(false)) {
                throw new RejectedExecutionException("no thread left");
            }
            task.run();
        };
        try (RenderExecutor farm = farm(new ThinTransport()).io(io).build()) {
            assertThatThrownBy(
                            () -> farm.submitAsync(SHOT).toCompletableFuture().get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
            assertThat(end(farm.submit(SHOT)).state()).isEqualTo(JobState.COMPLETED);
        }
    }

    @Test
    @DisplayName("can be closed from a callback without waiting for itself")
    void closedByCallback() throws Exception {
        RenderExecutor farm = farm(new ThinTransport()).build();
        RenderHandle job = farm.submit(SHOT);
        CompletableFuture<Void> closed = job.completion().thenRun(farm::close);
        long begun = System.nanoTime();
        closed.get(20, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
    }
}
