package io.renderfleet.core;

import io.renderfleet.core.content.DigestCache;
import io.renderfleet.core.loop.LoopRunner;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.SubmissionKey;
import io.renderfleet.core.node.NodeRegistry;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.RenderListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders frames on many machines: the way into RenderFleet.
 *
 * <pre>{@code
 * try (RenderExecutor farm = RenderExecutor.builder()
 *         .transport(HttpTransport.create())
 *         .nodes("http://localhost:3001", "http://localhost:3002", "http://localhost:3003")
 *         .build()) {
 *     RenderHandle job = farm.submit(RenderRequest.of(Scene.local(Path.of("shot.blend")), "1-20").outputs(Path.of("frames")));
 *     job.onProgress(System.out::println);
 *     job.completion().get().orThrow();
 * }
 * }</pre>
 *
 * <p>A request is made durable, cut into batches as slots become free, handed to nodes, watched, and retried where that can help;
 * every frame is fetched, checked against its digest and published before it counts as done. Thread-safe. Has one thread of its own
 * for all of this, one for callbacks, and a few that write files.
 */
public final class RenderExecutor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RenderExecutor.class);

    private final Engine engine;
    private final NodeRegistry nodes;
    private final Resources resources;
    private final @Nullable LoopRunner runner;
    private final Duration closeTimeout;
    private final DigestCache digests = new DigestCache();
    private final AtomicBoolean closed = new AtomicBoolean();

    RenderExecutor(
            Engine engine,
            NodeRegistry nodes,
            Resources resources,
            @Nullable LoopRunner runner,
            Duration closeTimeout) {
        this.engine = engine;
        this.nodes = nodes;
        this.resources = resources;
        this.runner = runner;
        this.closeTimeout = closeTimeout;
    }

    /**
     * Begins to set an executor up.
     *
     * @return a builder with the usual values, not thread-safe
     */
    public static RenderExecutorBuilder builder() {
        return new RenderExecutorBuilder();
    }

    /**
     * Takes a job in and waits until it is durable. A local scene is read once, to know its digest.
     *
     * @param request what to render
     * @return a handle on the job
     * @throws IllegalArgumentException if the request names a job that is not known
     * @throws UncheckedIOException if the scene cannot be read or the output folder cannot be made
     * @throws StoreUnavailableException if the job could not be made durable
     * @throws KeyReusedException if the request has a key that was used for another one
     * @throws FarmFullException if no more jobs may be known
     * @throws IllegalStateException if the executor is closed
     */
    public RenderHandle submit(RenderRequest request) {
        try {
            return submitAsync(request).toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /**
     * Takes a job in. A request with a {@linkplain RenderRequest#key() key} that was used before for the same gives the same job.
     *
     * @param request what to render
     * @return completed once the job is durable; exceptionally with what {@link #submit} throws
     */
    public CompletionStage<RenderHandle> submitAsync(RenderRequest request) {
        if (closed.get()) {
            return CompletableFuture.failedStage(new IllegalStateException("the executor is closed"));
        }
        Farm farm = engine.farm();
        SubmissionKey key = request.key().orElse(null);
        CompletableFuture<RenderHandle> taken = farm.promise();
        farm.loop.execute(() -> {
            Optional<CompletableFuture<RenderHandle>> before =
                    key == null ? Optional.empty() : engine.keys().find(key);
            if (before.isPresent()) {
                relay(before.get(), taken);
                return;
            }
            if (key != null) {
                engine.keys().claim(key, taken);
            }
            takeIn(request, key, taken);
        });
        return taken;
    }

    private void takeIn(RenderRequest request, @Nullable SubmissionKey key, CompletableFuture<RenderHandle> taken) {
        Farm farm = engine.farm();
        Consumer<Throwable> failed = problem -> {
            if (key != null) {
                engine.keys().forget(key);
            }
            farm.notifier.call(() -> taken.completeExceptionally(problem));
        };
        RuntimeException refusal = engine.refusal(request);
        if (refusal != null) {
            failed.accept(refusal);
            return;
        }
        JobId id = engine.newId(request);
        farm.blocking(
                () -> prepare(request, id),
                ready -> engine.submit(
                        ready.request(),
                        id,
                        ready.folder(),
                        job -> farm.notifier.call(() -> taken.complete(new RenderHandle(engine, job))),
                        failed),
                failed::accept);
    }

    /** Completes the second of two submissions with what came of the first, away from the loop. */
    private void relay(CompletionStage<RenderHandle> first, CompletableFuture<RenderHandle> second) {
        first.whenComplete((handle, problem) -> engine.farm().notifier.call(() -> {
            if (problem == null) {
                second.complete(handle);
            } else {
                second.completeExceptionally(problem);
            }
        }));
    }

    /**
     * Looks up what was submitted under a key.
     *
     * @param key the key, and what is asked for under it now
     * @return completed with the job, once it is durable, or empty for a new key; exceptionally with {@link KeyReusedException} if the
     *     key was used for something else, or with what went wrong with the submission that was under way
     */
    public CompletionStage<Optional<RenderHandle>> submitted(SubmissionKey key) {
        Farm farm = engine.farm();
        return farm.call(() -> engine.keys().find(key))
                .<CompletionStage<Optional<RenderHandle>>>map(job -> {
                    CompletableFuture<RenderHandle> found = farm.promise();
                    relay(job, found);
                    return found.thenApply(Optional::of);
                })
                .orElseGet(() -> CompletableFuture.completedStage(Optional.empty()));
    }

    /** A request whose scene has a digest, and the folder for its frames. */
    private record Prepared(RenderRequest request, Path folder) {}

    private Prepared prepare(RenderRequest request, JobId id) {
        RenderRequest ready = request.scene() instanceof Scene.Local local && local.sha256() == null
                ? request.scene(new Scene.Local(local.file(), local.entry(), digest(local.file())))
                : request;
        String renderer = engine.farm().config.renderer();
        if (renderer != null && ready.renderer().isEmpty()) {
            ready = ready.renderer(renderer);
        }
        Path folder = request.outputs().orElse(null);
        try {
            return new Prepared(ready, engine.farm().outputs.open(id, folder));
        } catch (IOException e) {
            String which = folder == null ? "a folder for job " + id : "the output folder " + folder;
            throw new UncheckedIOException(which + " cannot be made: " + e, e);
        }
    }

    private Sha256 digest(Path scene) {
        try {
            return digests.of(scene);
        } catch (IOException e) {
            throw new UncheckedIOException("the scene " + scene + " is no file that can be read: " + e, e);
        }
    }

    /**
     * Lists the jobs that are known: all that have not ended, and those that ended lately.
     *
     * @return in the order of their submission
     */
    public List<RenderJob> jobs() {
        Farm farm = engine.farm();
        return farm.call(() -> farm.jobs.values().stream()
                .map(job -> job.snapshot(farm.nanos()))
                .toList());
    }

    /**
     * Counts the jobs that are known.
     *
     * @return how many are in each state; states without a job are left out
     */
    public Map<JobState, Integer> jobCounts() {
        Farm farm = engine.farm();
        return farm.call(() -> {
            Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
            farm.jobs.values().forEach(job -> counts.merge(job.ledger.state(), 1, Integer::sum));
            return counts;
        });
    }

    /**
     * Lists some jobs, the newest first, each without the batches of it that have ended.
     *
     * @param filter which ones, and how many at most
     * @return as they stand now
     */
    public List<RenderJob> jobs(JobFilter filter) {
        Farm farm = engine.farm();
        return farm.call(() -> farm.jobs.values().stream()
                .filter(job -> filter.matches(job.ledger))
                .sorted(JobFilter.NEWEST_FIRST)
                .limit(filter.limit())
                .map(job -> job.brief(farm.nanos()))
                .toList());
    }

    /**
     * Finds a job, also one that an earlier process has submitted.
     *
     * @param id which
     * @return a handle on it, or empty if it is not known
     */
    public Optional<RenderHandle> job(JobId id) {
        return engine.farm().call(() -> Optional.ofNullable(engine.job(id)).map(job -> new RenderHandle(engine, job)));
    }

    /**
     * Lists the accepted frames of a job.
     *
     * @param id which job
     * @return by frame number; empty if the job is not known or has none
     */
    public List<FrameOutput> frames(JobId id) {
        return engine.farm().call(() -> {
            ActiveJob job = engine.job(id);
            return job == null ? List.<FrameOutput>of() : job.ledger.outputs();
        });
    }

    /**
     * Finds an accepted frame of a job.
     *
     * @param id which job
     * @param frame which frame
     * @return its files, or empty if it is not accepted
     */
    public Optional<FrameOutput> frame(JobId id, int frame) {
        return engine.farm().call(() -> Optional.ofNullable(engine.job(id)).map(job -> job.ledger.output(frame)));
    }

    /**
     * Says where a published file is.
     *
     * @param id which job
     * @param name the file's name, as {@link FrameOutput} gives it
     * @return the absolute path
     */
    public Path published(JobId id, String name) {
        return engine.farm().outputs.published(id, name);
    }

    /**
     * Gets the log of a batch from the node that renders or rendered it.
     *
     * @param id which job
     * @param batch which batch of it
     * @param maxBytes how much of its end at most
     * @return the text, or why there is none
     */
    public CompletionStage<LogOutcome> log(JobId id, BatchId batch, int maxBytes) {
        RemoteJob remote = engine.farm()
                .call(() -> {
                    ActiveJob job = engine.job(id);
                    return Optional.ofNullable(job == null ? null : engine.remoteOf(job, batch));
                })
                .orElse(null);
        return remote == null
                ? CompletableFuture.completedStage(new LogOutcome.Unsupported())
                : engine.farm().transport.log(remote, maxBytes);
    }

    /**
     * Gives the nodes.
     *
     * @return the farm's registry, which lists and changes them while the farm runs
     */
    public NodeRegistry nodes() {
        return nodes;
    }

    /**
     * Adds somebody who hears of everything from now on, beside those that the builder was given.
     *
     * @param listener called as {@link RenderListener} says
     * @return takes it off again; can be closed twice
     */
    public Subscription listen(RenderListener listener) {
        Runnable remove = engine.farm().notifier.add(listener);
        return remove::run;
    }

    /** A listener that can be taken off again. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Says the how-manieth coordinator of its farm this is.
     *
     * @return greater than that of every one before; 1 with a store that keeps nothing
     */
    public long epoch() {
        Farm farm = engine.farm();
        return farm.call(() -> farm.epoch);
    }

    /**
     * Says whether jobs can be taken in now.
     *
     * @return false while the store cannot be written, after a newer coordinator has taken over, and after closing
     */
    public boolean isReady() {
        Farm farm = engine.farm();
        return !closed.get() && farm.call(() -> farm.journal.trouble() == null && !farm.stoodDown);
    }

    /**
     * Cancels what has not ended, unless another coordinator has taken over, waits for that (10 s by default), completes every handle,
     * and frees everything. Can be called twice.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Farm farm = engine.farm();
        CompletableFuture<?>[] unfinished = farm.call(() -> {
            if (farm.stoodDown) {
                // The jobs are another one's now, and nothing about them can be written here.
                return new CompletableFuture<?>[0];
            }
            CompletableFuture<?>[] open = farm.jobs.values().stream()
                    .map(job -> job.completion)
                    .filter(completion -> !completion.isDone())
                    .toArray(CompletableFuture<?>[]::new);
            engine.cancelAll();
            return open;
        });
        await(CompletableFuture.allOf(unfinished), "not every job could be closed in time: {}");
        shutDown();
    }

    /**
     * Stops here and leaves unfinished jobs to whoever opens the store next; nodes go on rendering. What has happened so far is
     * written first, for as long as {@link RenderExecutorBuilder#closeTimeout closeTimeout}, unless the store cannot be written.
     * Handles of unfinished jobs complete exceptionally with {@link IllegalStateException}. With a store that keeps nothing this
     * loses the jobs. Can be called twice, or after {@link #close()}.
     */
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
        Farm farm = engine.farm();
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
            job.completion.completeExceptionally(
                    new IllegalStateException("the executor was closed before job " + job + " had ended"));
        }
        farm.end();
    }
}
