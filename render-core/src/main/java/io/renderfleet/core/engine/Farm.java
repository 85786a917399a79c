package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeHealth;
import io.renderfleet.core.engine.node.NodeSlots;
import io.renderfleet.core.engine.node.NodeTable;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.OutputStore;
import io.renderfleet.core.track.JobTracker;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the parts of the engine share: the loop with all that belongs to it, and the ways out of it.
 *
 * <p>A transition is applied to the books at once and written at the same time; what must not happen before it is durable is given to
 * {@link #record} as what comes after the commit.
 */
final class Farm {
    private static final Logger log = LoggerFactory.getLogger(Farm.class);

    /** Of so many bytes of the jobs' memory one ended batch is kept: some 700 bytes, so a sixth of it in the end. */
    private static final int BYTES_OF_HISTORY = 4_096;

    final Loop loop;
    final FarmConfig config;
    final FencedTransport transport;
    final OutputStore outputs;
    final @Nullable ContentStore scenes;
    final Executor io;
    final RandomGenerator random;
    final NodeTable nodes;
    final NodeSlots slots;
    final NodeHealth health;
    final JobTracker tracker;
    final Journal journal;
    final Notifier notifier;
    final Coordinator coordinator = new Coordinator();
    final Experience experience = new Experience();
    final BatchQueue queue;
    final Map<JobId, ActiveJob> jobs = new LinkedHashMap<>();

    final JobMemory memory;
    final BatchHistory.Shelf histories;

    /** The jobs of which something is on a node. */
    final Set<ActiveJob> running = new LinkedHashSet<>();

    /** The jobs that have not ended. */
    final Set<ActiveJob> unfinished = new HashSet<>();

    /** What somebody outside waits for, and must hear of before everything ends. */
    private final Map<Long, CompletableFuture<?>> promises = new ConcurrentHashMap<>();

    private final AtomicLong promised = new AtomicLong();

    private volatile boolean over;

    private boolean stoodDown;

    Farm(Loop loop, FarmConfig config, RandomGenerator random, Outside outside, NodeTable nodes, Journal journal) {
        this.loop = loop;
        this.config = config;
        this.queue = new BatchQueue(config.shares(), this::nanos);
        this.memory = new JobMemory(config.maxMemory(), config.maxMemoryOfOwner());
        this.histories = new BatchHistory.Shelf((int) Math.min(1_000_000, config.maxMemory() / BYTES_OF_HISTORY));
        this.random = random;
        this.transport = outside.transport();
        this.tracker = outside.tracker();
        this.outputs = outside.outputs();
        this.scenes = outside.scenes();
        this.io = outside.io();
        this.notifier = outside.notifier();
        this.nodes = nodes;
        this.slots = nodes.slots();
        this.health = nodes.health();
        this.journal = journal;
    }

    long nanos() {
        return loop.time().nanos();
    }

    Instant now() {
        return loop.time().now();
    }

    /** Applies a transition to the books of its job at once, has it written, and runs what depends on it once it is durable. */
    void record(ActiveJob job, JobTransition transition, Runnable afterCommit) {
        recordThen(job, transition, () -> afterCommit);
    }

    /** Records a transition; what comes after the commit is said by the books as the transition leaves them. */
    void recordThen(ActiveJob job, JobTransition transition, Supplier<Runnable> afterCommit) {
        apply(job, transition);
        BatchLog.tell(job, transition);
        journal.append(transition, afterCommit.get());
        queue.update(job);
        if (job.ledger.hasEnded()) {
            unfinished.remove(job);
        } else {
            unfinished.add(job);
        }
        if (job.ledger.openBatches().isEmpty()) {
            running.remove(job);
        } else {
            running.add(job);
        }
    }

    /** A job is known from now on. */
    void add(ActiveJob job) {
        jobs.put(job.ledger.job(), job);
        memory.charge(job);
    }

    /** A job is known no more. */
    void forget(JobId id) {
        ActiveJob job = jobs.remove(id);
        if (job != null) {
            memory.release(job);
            job.forget();
        }
    }

    /** Changes the books of a job, and charges it for what they hold more. */
    void apply(ActiveJob job, JobTransition transition) {
        job.apply(transition);
        if (transition instanceof JobTransition.FramesAccepted) {
            memory.charge(job);
        }
    }

    void record(ActiveJob job, JobTransition transition) {
        record(job, transition, () -> {});
    }

    /** Writes down what is news of some warnings. */
    void warn(ActiveJob job, List<RenderWarning> warnings) {
        List<RenderWarning> news = warnings.stream()
                .filter(job.ledger::isNews)
                .limit(RenderWarning.MAX_KEPT)
                .toList();
        if (!news.isEmpty()) {
            news.forEach(
                    warning -> job.inLog(() -> log.warn("job {}: {}: {}", job, warning.kind(), warning.message())));
            record(job, new JobTransition.JobWarned(now(), job.ledger.job(), news));
        }
    }

    /** Another coordinator leads from the beginning; this one only follows it. */
    void follows() {
        stoodDown = true;
    }

    boolean hasStoodDown() {
        return stoodDown;
    }

    /** A newer coordinator exists: send nothing any more. */
    void standDown() {
        if (!stoodDown) {
            stoodDown = true;
            transport.shut();
            log.error("a newer coordinator has taken over: this one stands down");
            tell(new FarmNotice.StoodDown(now()));
            tracker.close();
            nodes.stop();
        }
    }

    void tell(FarmNotice notice) {
        notifier.notice(notice);
    }

    /** Makes a future that somebody outside gets, and that fails at the end of the farm if it is not complete by then. Any thread. */
    <T> CompletableFuture<T> promise() {
        CompletableFuture<T> promise = new CompletableFuture<>();
        Long number = promised.incrementAndGet();
        promises.put(number, promise);
        var unused = promise.whenComplete((kept, broken) -> promises.remove(number));
        if (over) {
            breakPromises();
        }
        return promise;
    }

    /** The loop has ended: a caller that waits for it waits in vain. */
    void end() {
        over = true;
        breakPromises();
    }

    private void breakPromises() {
        promises.values()
                .forEach(promise -> promise.completeExceptionally(new IllegalStateException("the executor is closed")));
    }

    /**
     * Runs blocking work elsewhere and comes back to the loop with what it gave, or with its error. What an executor of the application's
     * begins only after the end is not run: nobody waits for it, and nothing may appear in folders that are no longer this farm's.
     */
    <T> void blocking(Blocking<T> work, Consumer<T> then, Consumer<Exception> orElse) {
        try {
            io.execute(() -> {
                if (!over) {
                    loop.execute(back(work, then, orElse));
                }
            });
        } catch (RejectedExecutionException e) {
            loop.execute(() -> orElse.accept(e));
        }
    }

    private static <T> Runnable back(Blocking<T> work, Consumer<T> then, Consumer<Exception> orElse) {
        try {
            T result = work.run();
            return () -> then.accept(result);
        } catch (Exception e) {
            return () -> orElse.accept(e);
        } catch (Error e) {
            log.error("work beside the engine failed", e);
            return () -> orElse.accept(new IllegalStateException(e));
        }
    }

    /** Work that blocks and can fail. */
    interface Blocking<T> {
        T run() throws Exception;
    }

    /** How long ago a moment was. */
    Duration since(long nanos) {
        return Duration.ofNanos(nanos() - nanos);
    }

    <T> T call(Supplier<T> task) {
        return loop.call(task);
    }
}
