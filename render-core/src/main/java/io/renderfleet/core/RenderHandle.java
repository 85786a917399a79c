package io.renderfleet.core;

import io.renderfleet.core.engine.ActiveJob;
import io.renderfleet.core.engine.Engine;
import io.renderfleet.core.model.JobHistory;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.Progress;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Waiting;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A job that an application has submitted. Thread-safe. Once another coordinator has taken over, changes have no effect. */
public final class RenderHandle {
    private final Engine engine;
    private final ActiveJob job;

    RenderHandle(Engine engine, ActiveJob job) {
        this.engine = engine;
        this.job = job;
    }

    /**
     * Returns the job's identity.
     *
     * @return an id that is unique in the farm
     */
    public JobId id() {
        return Engine.idOf(job);
    }

    /**
     * Returns the end of the job, good or bad: {@link RenderResult#state()} says which, and {@link RenderResult#orThrow()} insists on every
     * frame.
     *
     * @return completed, never on the engine's own thread, once the end is durable; exceptionally only if the executor was detached.
     *     Cancelling this future does not cancel the job: {@link #cancel()} does
     */
    public CompletableFuture<RenderResult> completion() {
        return engine.completionOf(job);
    }

    /**
     * Returns how the job stands. This counts as watching it: for half a minute the engine asks its nodes for progress more often.
     *
     * @return the job at this moment
     */
    public RenderJob snapshot() {
        return engine.look(job);
    }

    /**
     * Returns every attempt that was made for the job, as far as it is kept: which node, when, for how long, and why it ended. It is kept as
     * the job is, through restarts and after its nodes are gone. Asking counts as no watching.
     *
     * @return the history at this moment
     */
    public JobHistory history() {
        return engine.history(job);
    }

    /**
     * Says why frames of the job wait, and what would change that. Asking counts as no watching, and costs a look at each node of the farm.
     *
     * @return empty if no frame waits
     */
    public Optional<Waiting> waitingFor() {
        return engine.waitingFor(job);
    }

    /**
     * Adds a listener for the progress of the job, which is called at most ten times a second, and once at the end.
     *
     * @param listener called one progress at a time, never on the engine's own thread
     */
    public void onProgress(Consumer<Progress> listener) {
        engine.watch(job, listener);
    }

    /** Ends the job; what runs of it is stopped, and accepted frames stay. Nothing happens if it has ended. */
    public void cancel() {
        engine.cancel(job);
    }

    /** Dispatches no more of the job until {@link #resume()}; what runs goes on. Nothing happens if it has ended. */
    public void pause() {
        engine.pause(job);
    }

    /** Goes on with a paused job. */
    public void resume() {
        engine.resume(job);
    }

    /**
     * Changes how urgent the job is.
     *
     * @param priority −1,000 to 1,000
     * @throws IllegalArgumentException if it is out of range
     */
    public void priority(int priority) {
        if (priority < -1_000 || priority > 1_000) {
            throw new IllegalArgumentException("priority is " + priority + ": it must be from -1000 to 1000");
        }
        engine.priority(job, priority);
    }

    /**
     * Waits until all that happened to the job so far, such as a {@link #pause()}, is durable.
     *
     * @return completed then, never on the engine's own thread; exceptionally if the executor is closed before
     */
    public CompletionStage<Void> durable() {
        return engine.durable();
    }

    /**
     * Tries again what was given up, also after the job has failed or was cancelled; {@link #completion()} is then a new future.
     *
     * @return false if nothing is missing
     */
    public boolean retry() {
        return engine.retry(job);
    }

    @Override
    public String toString() {
        return id().value();
    }
}
