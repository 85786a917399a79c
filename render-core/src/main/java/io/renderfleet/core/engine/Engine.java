package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeTable;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.loop.LoopRunner;
import io.renderfleet.core.loop.TimeSource;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FarmDiscovery;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.JobFilter;
import io.renderfleet.core.model.JobHistory;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.Progress;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.SubmissionKey;
import io.renderfleet.core.model.Waiting;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.track.JobTracker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door to the engine: all that executors, handles and registries ask of it.
 *
 * <p>Thread-safe. A question is answered by the engine's loop, and waits for what the loop is doing; a wish is carried out in the loop's
 * next step.
 */
public final class Engine {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    private static final Comparator<RenderListing> NEWEST_FIRST =
            Comparator.comparing(RenderListing::at, JobFilter.Position.ORDER);

    private final Farm farm;
    private final JobLifecycle jobs;
    private final Submissions submissions;
    private final Resources resources;
    private final Duration closeTimeout;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final List<DiscoveredNodes> discoveries = new CopyOnWriteArrayList<>();
    private @Nullable LoopRunner runner;

    /** A job and its place in lists. */
    private record RenderListing(ActiveJob job, JobFilter.Position at) {
        static RenderListing of(ActiveJob job) {
            return new RenderListing(job, new JobFilter.Position(job.ledger.submittedAt(), job.ledger.job()));
        }

        boolean matches(JobFilter filter) {
            return filter.matches(at, job.state(), job.ledger.request());
        }
    }

    private Engine(Farm farm, JobLifecycle jobs, Resources resources) {
        this.farm = farm;
        this.jobs = jobs;
        this.resources = resources;
        this.closeTimeout = farm.config.closeTimeout();
        this.submissions = new Submissions(farm, jobs, jobs.keys());
    }

    /**
     * Opens the store, takes up what it has kept, and starts to work.
     *
     * @param config how to work
     * @param parts what to work with
     * @return a running engine
     * @throws io.renderfleet.core.spi.StoreException if the store cannot be opened; whatever else is thrown while it starts, store and
     *     transport are closed then
     */
    public static Engine lead(FarmConfig config, EngineParts parts) {
        Resources resources = new Resources();
        resources.add(parts.store());
        resources.add(parts.transport());
        Engine engine = make(config, parts, resources, false);
        Farm farm = engine.farm;
        StoreOpening opening = engine.open(parts);
        farm.experience.open(parts.store());
        farm.nodes.remembers(farm.experience::speed);
        parts.store().onFenced(() -> farm.loop.execute(farm::standDown));
        orClose(
                resources::close,
                () -> parts.transport().start(farm.tracker::changed, opening.farm(), opening.epoch()));
        farm.loop.execute(() -> {
            parts.targets().forEach(farm.nodes::add);
            engine.jobs.resume(opening);
        });
        engine.run(parts, "renderfleet-engine");
        orClose(engine::detach, () -> parts.discoveries().forEach(engine::discover));
        return engine;
    }

    /**
     * Makes an engine that renders nothing and knows what {@link #follow(List)} brings.
     *
     * @param config how the farm works
     * @param parts what to work with; the store and the nodes are not used
     * @return an engine that has stood down
     */
    public static Engine follow(FarmConfig config, EngineParts parts) {
        Resources resources = new Resources();
        resources.add(parts.transport());
        Engine engine = make(config, parts, resources, true);
        engine.farm.follows();
        engine.run(parts, "renderfleet-follower");
        return engine;
    }

    private static Engine make(FarmConfig config, EngineParts parts, Resources resources, boolean shut) {
        Loop loop = parts.loop() != null ? parts.loop() : new Loop(TimeSource.system());
        Executor io = parts.io() != null ? parts.io() : OwnThreads.io(resources);
        Executor callbacks = parts.callbacks() != null ? parts.callbacks() : OwnThreads.callbacks(resources);
        Notifier notifier = new Notifier(callbacks, parts.listeners());
        RandomGenerator random = parts.seed() == null ? new SplittableRandom() : new SplittableRandom(parts.seed());
        FencedTransport transport =
                new FencedTransport(new TimedTransport(parts.transport(), loop, io, config.callTimeout()));
        if (shut) {
            transport.shut();
        }
        Reactions reactions = new Reactions();
        NodeTable nodes = new NodeTable(loop, transport, config.health(), random, notifier::notice, reactions);
        JobTracker tracker = new JobTracker(loop, transport, config.polls(), random);
        Journal journal = new Journal(loop, parts.store(), notifier, reactions);
        Outside outside = new Outside(transport, tracker, parts.outputs(), parts.scenes(), io, notifier);
        Farm farm = new Farm(loop, config, random, outside, nodes, journal);
        RetryDecision retry = new RetryDecision(config.retry(), random);
        return new Engine(farm, new JobLifecycle(farm, retry, reactions), resources);
    }

    /** Nobody steps the loop yet, so the books can be filled from the store's own thread. */
    private StoreOpening open(EngineParts parts) {
        try {
            return parts.store().open(jobs::replay).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void run(EngineParts parts, String thread) {
        runner = parts.loop() != null ? null : LoopRunner.start(farm.loop, thread);
    }

    /** What cannot start must not leave threads, a locked store or a lease behind that nobody could close. */
    private static void orClose(Runnable close, Runnable start) {
        try {
            start.run();
        } catch (RuntimeException | Error e) {
            close.run();
            throw e;
        }
    }

    private void discover(NodeDiscovery discovery) {
        DiscoveredNodes found = new DiscoveredNodes(farm.nodes, discovery);
        resources.add(discovery);
        discoveries.add(found);
        discovery.start(snapshot -> farm.loop.execute(() -> found.update(snapshot)));
    }

    /**
     * Takes over what the coordinator that leads has committed.
     *
     * @param transitions in the order in which the store keeps them
     */
    public void follow(List<JobTransition> transitions) {
        farm.loop.execute(() -> jobs.follow(transitions));
    }

    /**
     * Takes a job in.
     *
     * @param request what to render
     * @return completed, away from the loop, once the job is durable; exceptionally if it is not taken
     */
    public CompletableFuture<ActiveJob> submit(RenderRequest request) {
        return closed.get()
                ? CompletableFuture.failedFuture(new IllegalStateException("the executor is closed"))
                : submissions.submit(request);
    }

    /**
     * Looks up what was submitted under a key.
     *
     * @param key the key, and what is asked for under it now
     * @return completed with the job once it is durable, or empty for a new key
     */
    public CompletionStage<Optional<ActiveJob>> submitted(SubmissionKey key) {
        return submissions.submitted(key);
    }

    /**
     * Lists the jobs that are known.
     *
     * @return in the order of their submission
     */
    public List<RenderJob> jobs() {
        return farm.call(() -> farm.jobs.values().stream()
                .map(job -> job.snapshot(farm.nanos(), null))
                .toList());
    }

    /**
     * Lists some jobs, each without the batches of it that have ended, and with what it waits for if nothing of it is under way.
     *
     * @param filter which ones, and how many at most
     * @return the newest first
     */
    public List<RenderJob> jobs(JobFilter filter) {
        return farm.call(() -> farm.jobs.values().stream()
                .map(RenderListing::of)
                .filter(listing -> listing.matches(filter))
                .sorted(NEWEST_FIRST)
                .limit(filter.limit())
                .map(RenderListing::job)
                .map(new Brief())
                .toList());
    }

    /** Shows jobs of a list. Why they wait is said of those that have nothing under way, until it has taken a look at so many nodes. */
    private final class Brief implements Function<ActiveJob, RenderJob> {
        private static final int MOST_LOOKS = 100_000;

        private int looks;

        @Override
        public RenderJob apply(ActiveJob job) {
            boolean idle = !job.ledger.hasEnded() && job.openBatches().isEmpty();
            if (!idle || looks >= MOST_LOOKS) {
                return job.brief(farm.nanos(), null);
            }
            looks += 1 + farm.nodes.all().size();
            return job.brief(farm.nanos(), jobs.waitingFor(job));
        }
    }

    /**
     * Counts the jobs that are known.
     *
     * @return how many are in each state; states without a job are left out
     */
    public Map<JobState, Integer> jobCounts() {
        return farm.call(() -> {
            Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
            farm.jobs.values().forEach(job -> counts.merge(job.state(), 1, Integer::sum));
            return counts;
        });
    }

    /**
     * Finds a job.
     *
     * @param id which
     * @return the job, or empty if it is not known
     */
    public Optional<ActiveJob> job(JobId id) {
        return farm.call(() -> Optional.ofNullable(farm.jobs.get(id)));
    }

    /**
     * Lists the accepted frames of a job.
     *
     * @param id which job
     * @return by frame number; empty if the job is not known
     */
    public List<FrameOutput> frames(JobId id) {
        return farm.call(() -> {
            ActiveJob job = farm.jobs.get(id);
            return job == null ? List.<FrameOutput>of() : job.ledger.outputs();
        });
    }

    /**
     * Finds an accepted frame.
     *
     * @param id of which job
     * @param frame which
     * @return its files, or empty if it is not accepted
     */
    public Optional<FrameOutput> frame(JobId id, int frame) {
        return farm.call(() -> Optional.ofNullable(farm.jobs.get(id)).map(job -> job.ledger.output(frame)));
    }

    /**
     * Says where a published file is.
     *
     * @param id of which job
     * @param name its name
     * @return the absolute path
     */
    public Path published(JobId id, String name) {
        return farm.outputs.published(id, name);
    }

    /**
     * Gives every attempt that was made for a job, as far as it is kept.
     *
     * @param job which
     * @return what is known at this moment
     */
    public JobHistory history(ActiveJob job) {
        return farm.call(() -> job.history(farm.now(), farm.nanos()));
    }

    /**
     * Gets the log of a batch from its node.
     *
     * @param id of which job
     * @param batch which batch
     * @param maxBytes how much of its end at most
     * @return the text, or why there is none
     */
    public CompletionStage<LogOutcome> log(JobId id, BatchId batch, int maxBytes) {
        RemoteJob remote = farm.call(
                        () -> Optional.ofNullable(farm.jobs.get(id)).map(job -> job.remoteOf(batch)))
                .orElse(null);
        return remote == null
                ? CompletableFuture.completedStage(new LogOutcome.Unsupported())
                : farm.transport.log(remote, maxBytes);
    }

    /**
     * Asks or changes something about the nodes.
     *
     * @param work is given the nodes, on the loop
     * @param <T> what it answers
     * @return its answer
     */
    public <T> T withNodes(Function<NodeTable, T> work) {
        return farm.call(() -> work.apply(farm.nodes));
    }

    /**
     * Says how the discoveries stand.
     *
     * @return in the order in which they were given
     */
    public List<FarmDiscovery> discoveries() {
        return farm.call(() -> discoveries.stream().map(DiscoveredNodes::view).toList());
    }

    /**
     * Adds somebody who hears of everything from now on.
     *
     * @param listener who
     * @return takes it off again
     */
    public Runnable listen(RenderListener listener) {
        return farm.notifier.add(listener);
    }

    /**
     * Says which coordinator of its farm this is.
     *
     * @return greater than that of every one before
     */
    public long epoch() {
        return farm.call(() -> farm.coordinator.epoch());
    }

    /**
     * Returns whether jobs can be submitted now.
     *
     * @return false while the store cannot be written, after a newer coordinator has taken over, and after closing
     */
    public boolean isReady() {
        return !closed.get() && farm.call(() -> farm.journal.trouble() == null && !farm.hasStoodDown());
    }

    // One job.

    /**
     * Says what a job is called.
     *
     * @param job which
     * @return its identity
     */
    public static JobId idOf(ActiveJob job) {
        return job.ledger.job();
    }

    /**
     * Gives the end of a job.
     *
     * @param job which
     * @return completed once its end is durable
     */
    public CompletableFuture<RenderResult> completionOf(ActiveJob job) {
        return farm.call(job::completion).copy();
    }

    /**
     * Shows how a job stands; for a while its nodes are asked for progress more often.
     *
     * @param job which
     * @return the job at this moment
     */
    public RenderJob look(ActiveJob job) {
        return farm.call(() -> {
            jobs.watch(job);
            return job.snapshot(farm.nanos(), jobs.waitingFor(job));
        });
    }

    /**
     * Says why frames of a job wait.
     *
     * @param job which
     * @return empty if no frame waits
     */
    public Optional<Waiting> waitingFor(ActiveJob job) {
        return farm.call(() -> Optional.ofNullable(jobs.waitingFor(job)));
    }

    /**
     * Adds a listener for the progress of a job.
     *
     * @param job which
     * @param listener called away from the loop
     */
    public void watch(ActiveJob job, Consumer<Progress> listener) {
        farm.loop.execute(() -> {
            job.progressListeners.add(listener);
            jobs.watch(job);
        });
    }

    /**
     * Ends a job.
     *
     * @param job which
     */
    public void cancel(ActiveJob job) {
        farm.loop.execute(() -> jobs.cancel(job));
    }

    /**
     * Dispatches no more of a job for the time being.
     *
     * @param job which
     */
    public void pause(ActiveJob job) {
        farm.loop.execute(() -> jobs.pause(job));
    }

    /**
     * Goes on with a paused job.
     *
     * @param job which
     */
    public void resume(ActiveJob job) {
        farm.loop.execute(() -> jobs.resumePaused(job));
    }

    /**
     * Changes how urgent a job is.
     *
     * @param job which
     * @param priority the new one
     */
    public void priority(ActiveJob job, int priority) {
        farm.loop.execute(() -> jobs.priority(job, priority));
    }

    /**
     * Tries again what was given up.
     *
     * @param job of which job
     * @return false if nothing is missing
     */
    public boolean retry(ActiveJob job) {
        return farm.call(() -> jobs.retry(job));
    }

    /**
     * Waits until all that has happened so far is durable.
     *
     * @return completed then, away from the loop
     */
    public CompletionStage<Void> durable() {
        CompletableFuture<Void> done = farm.promise();
        farm.loop.execute(() -> farm.journal.whenWritten(() -> farm.notifier.call(() -> done.complete(null))));
        return done;
    }

    // The end.

    /** Cancels what has not ended, unless another coordinator has taken over, waits for that, and frees everything. Can be called twice. */
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        CompletableFuture<?>[] unfinished = farm.call(() -> {
            if (farm.hasStoodDown()) {
                // The jobs are another one's now, and nothing about them can be written here.
                return new CompletableFuture<?>[0];
            }
            CompletableFuture<?>[] open = farm.jobs.values().stream()
                    .map(ActiveJob::completion)
                    .filter(completion -> !completion.isDone())
                    .toArray(CompletableFuture<?>[]::new);
            jobs.cancelAll();
            return open;
        });
        await(CompletableFuture.allOf(unfinished), "not every job could be closed in time: {}");
        shutDown();
    }

    /** Stops here, leaves unfinished jobs to the next coordinator, and frees everything. Can be called twice, or after {@link #close()}. */
    public void detach() {
        if (closed.compareAndSet(false, true)) {
            shutDown();
        }
    }

    private void await(CompletableFuture<Void> all, String otherwise) {
        if (runner == null) {
            return;
        }
        try {
            all.get(closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn(otherwise, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void shutDown() {
        CompletableFuture<Void> written = new CompletableFuture<>();
        farm.call(() -> {
            farm.tracker.close();
            farm.nodes.stop();
            if (farm.journal.trouble() == null) {
                farm.journal.whenWritten(() -> written.complete(null));
            } else {
                written.complete(null);
            }
            return true;
        });
        await(written, "what has happened could not be written in time: {}");
        if (runner != null) {
            runner.close();
        }
        resources.close();
        for (ActiveJob job : List.copyOf(farm.jobs.values())) {
            job.completion()
                    .completeExceptionally(
                            new IllegalStateException("the executor was closed before job " + job + " had ended"));
        }
        farm.end();
    }
}
