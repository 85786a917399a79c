package io.renderfleet.core;

import io.renderfleet.core.engine.Engine;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FarmFullException;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.JobFilter;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.KeyReusedException;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.StoreUnavailableException;
import io.renderfleet.core.model.SubmissionKey;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.core.spi.RenderListener;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Renders frames on many machines: the way into RenderFleet.
 *
 * <pre>{@code
 * try (RenderExecutor farm = RenderExecutor.builder()
 *         .transport(HttpTransport.create())
 *         .nodes("http://localhost:3001", "http://localhost:3002", "http://localhost:3003")
 *         .build()) {
 *     RenderHandle job = farm.submit(RenderRequest.of(Scene.local(Path.of("shot.blend")), "1-20").outputFolder(Path.of("frames")));
 *     job.onProgress(System.out::println);
 *     job.completion().get().orThrow();
 * }
 * }</pre>
 *
 * <p>The executor makes a request durable, cuts batches as slots become free, hands them to nodes, watches them, and tries again what
 * another try can cure. It fetches every frame, checks it against its digest and publishes it before the frame counts as done.
 *
 * <p>A job is durable in the {@linkplain RenderExecutorBuilder#store store} when {@link #submit} returns, each batch before it is sent, and
 * the end of the job before {@link RenderHandle#completion()} completes. A listener hears of an accepted frame once that is durable; {@link
 * #frames} may show it a moment earlier. While the store cannot be written, all of these wait.
 *
 * <p>Thread-safe. One thread makes all decisions, one runs callbacks, and a few write files. The package {@code
 * io.renderfleet.core.engine} says in which order to read what happens inside.
 */
public final class RenderExecutor implements AutoCloseable {
    private final Engine engine;
    private final NodeRegistry nodes;

    RenderExecutor(Engine engine) {
        this.engine = engine;
        this.nodes = new NodeRegistry(engine);
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
     * Submits a job and waits until it is durable. Reads a local scene once, to compute its digest.
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
     * Submits a job. If the request has a {@linkplain RenderRequest#key() key} and the same request was submitted with it before, the
     * result is that job.
     *
     * @param request what to render
     * @return completed once the job is durable; exceptionally with what {@link #submit} throws
     */
    public CompletionStage<RenderHandle> submitAsync(RenderRequest request) {
        return engine.submit(request).thenApply(job -> new RenderHandle(engine, job));
    }

    /**
     * Looks up what was submitted under a key.
     *
     * @param key the key, and what is asked for under it now
     * @return completed with the job, once it is durable, or empty for a new key; exceptionally with {@link KeyReusedException} if the
     *     key was used for something else, or with what went wrong with the submission that was under way
     */
    public CompletionStage<Optional<RenderHandle>> submitted(SubmissionKey key) {
        return engine.submitted(key).thenApply(found -> found.map(job -> new RenderHandle(engine, job)));
    }

    /**
     * Lists the jobs that are known: all that have not ended, and those that ended lately.
     *
     * @return in the order of their submission
     */
    public List<RenderJob> jobs() {
        return engine.jobs();
    }

    /**
     * Counts the jobs that are known.
     *
     * @return how many are in each state; states without a job are left out
     */
    public Map<JobState, Integer> jobCounts() {
        return engine.jobCounts();
    }

    /**
     * Lists some jobs, the newest first, each without the batches of it that have ended.
     *
     * @param filter which ones, and how many at most
     * @return as they stand now
     */
    public List<RenderJob> jobs(JobFilter filter) {
        return engine.jobs(filter);
    }

    /**
     * Finds a job, also one that an earlier process has submitted.
     *
     * @param id which
     * @return a handle on it, or empty if it is not known
     */
    public Optional<RenderHandle> job(JobId id) {
        return engine.job(id).map(job -> new RenderHandle(engine, job));
    }

    /**
     * Lists the accepted frames of a job.
     *
     * @param id the job
     * @return by frame number; empty if the job is not known or has none
     */
    public List<FrameOutput> frames(JobId id) {
        return engine.frames(id);
    }

    /**
     * Finds an accepted frame of a job.
     *
     * @param id the job
     * @param frame the frame
     * @return its files, or empty if it is not accepted
     */
    public Optional<FrameOutput> frame(JobId id, int frame) {
        return engine.frame(id, frame);
    }

    /**
     * Returns where a published file is.
     *
     * @param id the job
     * @param name the file's name, as {@link FrameOutput} gives it
     * @return the absolute path
     */
    public Path published(JobId id, String name) {
        return engine.published(id, name);
    }

    /**
     * Gets the log of a batch from the node that renders or rendered it.
     *
     * @param id the job
     * @param batch the batch
     * @param maxBytes how much of its end at most
     * @return the text, or why there is none
     */
    public CompletionStage<LogOutcome> log(JobId id, BatchId batch, int maxBytes) {
        return engine.log(id, batch, maxBytes);
    }

    /**
     * Returns the nodes.
     *
     * @return the farm's registry, which lists and changes them while the farm runs
     */
    public NodeRegistry nodes() {
        return nodes;
    }

    /**
     * Adds a listener, which is called for everything that happens from now on.
     *
     * @param listener called as {@link RenderListener} says
     * @return takes it off again; can be closed twice
     */
    public Subscription listen(RenderListener listener) {
        Runnable remove = engine.listen(listener);
        return remove::run;
    }

    /** A listener that can be taken off again. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Returns the epoch of this coordinator: coordinators of a farm are numbered in the order in which they take over.
     *
     * @return greater than that of every one before; 1 with a store that keeps nothing
     */
    public long epoch() {
        return engine.epoch();
    }

    /**
     * Returns whether jobs can be submitted now.
     *
     * @return false while the store cannot be written, after a newer coordinator has taken over, and after closing
     */
    public boolean isReady() {
        return engine.isReady();
    }

    /**
     * Cancels what has not ended, unless another coordinator has taken over, waits for that (10 s by default), completes every handle,
     * and frees everything. Can be called twice.
     */
    @Override
    public void close() {
        engine.close();
    }

    /**
     * Stops here and leaves unfinished jobs to the process that opens the store next; nodes go on rendering. Writes what has happened so
     * far first, for as long as {@link RenderExecutorBuilder#closeTimeout closeTimeout}, unless the store cannot be written. Handles of
     * unfinished jobs complete exceptionally with {@link IllegalStateException}. With a store in memory the jobs are lost. Can be called
     * twice, or after {@link #close()}.
     */
    public void detach() {
        engine.detach();
    }
}
