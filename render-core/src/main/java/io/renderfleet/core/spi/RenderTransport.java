package io.renderfleet.core.spi;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How work gets to the nodes that render it.
 *
 * <p>Every outcome that must be expected is a value; a stage completes exceptionally only for a bug. A transport tries once: only the
 * engine retries, and only the engine waits. Every call ends within a time that the transport sets (a poll within that time and its {@code
 * wait}). The engine gives up a call that does not end, after two minutes as a rule, and takes the target to be out of reach. If the target
 * has taken a batch after all, the transport still completes the stage, so that the engine learns of it.
 *
 * <p>Only {@link #describe}, {@link #submit}, {@link #poll} and {@link #cancel} must be written, and {@link #frames} and {@link #fetch}
 * where finished frames are to come back. What a target can do it says as the {@linkplain NodeDescription#capabilities() capabilities}
 * of its description: without {@link Capability#FRAMES} there it is never asked for frames, and they end unverified; without {@link
 * Capability#SHORTEN} it is never shortened, without {@link Capability#LONG_POLL} never asked to hold an answer. A transport that wraps
 * another one forwards every call.
 *
 * <p>Thread-safe; calls return at once and never block. Outcome types can grow: callers have a default branch.
 */
public interface RenderTransport extends AutoCloseable {

    /**
     * Starts the transport. Called once, before any other call.
     *
     * @param signals where to signal changes, for transports that learn of them
     */
    default void start(TransportSignals signals) {}

    /**
     * Starts the transport for a coordinator of a farm; in place of {@link #start(TransportSignals)}, which it calls unless it is
     * overridden. A transport needs to know the coordinator if others speak to it first, as workers behind a queue do: they must be able to
     * tell its word from that of a coordinator that was replaced.
     *
     * @param signals where to signal changes, for transports that learn of them
     * @param farm the farm's id, as in {@link AttemptId#farm()}
     * @param epoch the coordinator's own epoch, as in {@link AttemptId#epoch()}
     */
    default void start(TransportSignals signals, String farm, long epoch) {
        start(signals);
    }

    /**
     * Asks a target to describe itself. The engine does so before it hands the first batch over, and from time to time afterwards.
     *
     * @param target the target
     * @return its description, of which {@link NodeDescription#simplest} is the shortest; or why there is none
     */
    CompletionStage<DescribeOutcome> describe(Target target);

    /**
     * Hands a batch over.
     *
     * @param target the target
     * @param assignment what to render; the same idempotency key again means the same remote job
     * @return what became of it
     */
    CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment);

    /**
     * Asks for the state of a remote job.
     *
     * @param remote the remote job
     * @param wait how long the target may hold the answer; zero for at once; ignored by targets that cannot
     * @param etag the etag of the last answer about this remote job, for an answer as soon as there is progress; null for an answer at the
     *     end only
     * @return how it stands
     */
    CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag);

    /**
     * Stops a remote job.
     *
     * @param remote the remote job
     * @param by the attempt, with the caller's own epoch
     * @return what became of it
     */
    CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by);

    /**
     * Takes untouched frames away from a remote job. Asked of targets with {@link Capability#SHORTEN} only.
     *
     * @param remote the remote job
     * @param keep the frames that it may go on with
     * @param by the attempt, with the caller's own epoch
     * @return what it keeps
     */
    default CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by) {
        return CompletableFuture.completedFuture(new ShortenOutcome.Unsupported());
    }

    /**
     * Lists the frames that a remote job has finished, also while it runs. Asked of targets with {@link Capability#FRAMES} only.
     *
     * @param remote the remote job
     * @return its finished frames
     */
    default CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return CompletableFuture.completedFuture(new FramesOutcome.Unsupported());
    }

    /**
     * Copies one file of a finished frame that {@link #frames} or an end has listed.
     *
     * @param remote the job
     * @param frame the frame
     * @param file the file
     * @param into where to write; a new file, whose length and digest are checked by the transport
     * @param check is shown the bytes as they come; once it finds something wrong, the rest is not received, and the outcome is {@link
     *     FetchOutcome.Flawed}
     * @return what became of it; nothing is left at {@code into} unless it was fetched whole
     */
    default CompletionStage<FetchOutcome> fetch(
            RemoteJob remote, int frame, OutputFile file, Path into, ContentCheck check) {
        return CompletableFuture.completedFuture(new FetchOutcome.Lost());
    }

    /**
     * Copies the scene that a remote job has baked and named in its {@link io.renderfleet.core.model.SceneReport}. Asked of targets with
     * {@link Capability#BAKE} only.
     *
     * @param remote the job
     * @param baked the baked scene as the report names it
     * @param into where to write; a new file, whose length and digest are checked by the transport
     * @return what became of it; nothing is left at {@code into} unless it was fetched whole
     */
    default CompletionStage<FetchOutcome> fetchBaked(RemoteJob remote, BakedScene baked, Path into) {
        return CompletableFuture.completedFuture(new FetchOutcome.Lost());
    }

    /**
     * Sends a scene to a target that does not have it. Called when {@link #submit} has answered {@link SubmitOutcome.SceneMissing}.
     *
     * @param target the target
     * @param scene with its digest
     * @return what became of it
     */
    default CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene) {
        return CompletableFuture.completedFuture(new UploadOutcome.Refused(
                Failure.of(FailureKind.SCENE_NOT_HERE, "The node at " + target.address() + " takes no scenes.")));
    }

    /**
     * Gets the log of a remote job, also while it runs.
     *
     * @param remote the remote job
     * @param maxBytes how much of its end at most
     * @return the text, or why there is none
     */
    default CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes) {
        return CompletableFuture.completedFuture(new LogOutcome.Unsupported());
    }

    /** Ends all calls and frees what is held. Can be called twice. */
    @Override
    void close();
}
