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
 * How work gets to whoever renders it.
 *
 * <p>Everything that is to be expected is a value, so a stage completes exceptionally only for a bug. A transport tries once: only
 * the engine retries, and only the engine waits. Every call ends by itself within a time of the transport's own (a poll within
 * that time plus what it was told to wait). The engine gives a call up that does not, after two minutes as a rule, and takes the target
 * to be out of reach; of a batch that was taken it wants to hear all the same.
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
     * Begins. Called once, before any other call.
     *
     * @param signals where to tell of changes, for transports that hear of them
     */
    default void start(TransportSignals signals) {}

    /**
     * Asks a target what it is: before it gets its first batch, and from time to time afterwards.
     *
     * @param target whom
     * @return its description, of which {@link NodeDescription#simplest} is the shortest; or why there is none
     */
    CompletionStage<DescribeOutcome> describe(Target target);

    /**
     * Hands a batch over.
     *
     * @param target to whom
     * @param assignment what to render; the same idempotency key again means the same remote job
     * @return what became of it
     */
    CompletionStage<SubmitOutcome> submit(Target target, Assignment assignment);

    /**
     * Asks how a remote job stands.
     *
     * @param remote which
     * @param wait how long the target may hold the answer; zero for at once; ignored by targets that cannot
     * @param etag what the last poll of this remote job gave, to be told of progress too while waiting; null to be told of the end
     *     only
     * @return how it stands
     */
    CompletionStage<PollOutcome> poll(RemoteJob remote, Duration wait, @Nullable String etag);

    /**
     * Stops a remote job.
     *
     * @param remote which
     * @param by the attempt, with the caller's own epoch
     * @return what became of it
     */
    CompletionStage<CancelOutcome> cancel(RemoteJob remote, AttemptId by);

    /**
     * Takes untouched frames away from a remote job. Asked of targets with {@link Capability#SHORTEN} only.
     *
     * @param remote which
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
     * @param remote which
     * @return its finished frames
     */
    default CompletionStage<FramesOutcome> frames(RemoteJob remote) {
        return CompletableFuture.completedFuture(new FramesOutcome.Unsupported());
    }

    /**
     * Copies one file of a finished frame that {@link #frames} or an end has listed.
     *
     * @param remote which job
     * @param frame which frame
     * @param file which file of it
     * @param into where to write; a new file, whose length and digest are checked by the transport
     * @return what became of it; nothing is left at {@code into} unless it was fetched whole
     */
    default CompletionStage<FetchOutcome> fetch(RemoteJob remote, int frame, OutputFile file, Path into) {
        return CompletableFuture.completedFuture(new FetchOutcome.Lost());
    }

    /**
     * Copies the scene that a remote job has baked, as its {@link io.renderfleet.core.model.SceneReport} tells. Asked of targets with
     * {@link Capability#BAKE} only.
     *
     * @param remote which job
     * @param baked what it told
     * @param into where to write; a new file, whose length and digest are checked by the transport
     * @return what became of it; nothing is left at {@code into} unless it was fetched whole
     */
    default CompletionStage<FetchOutcome> fetchBaked(RemoteJob remote, BakedScene baked, Path into) {
        return CompletableFuture.completedFuture(new FetchOutcome.Lost());
    }

    /**
     * Sends a scene to a target unless it has it; asked once {@link #submit} has answered {@link SubmitOutcome.SceneMissing}.
     *
     * @param target to whom
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
     * @param remote which
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
