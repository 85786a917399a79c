package io.renderfleet.core.spi;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Scene;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How work gets to whoever renders it.
 *
 * <p>Everything that is to be expected is a value, so a stage completes exceptionally only for a bug. A transport tries once: only
 * the engine retries, and only the engine waits. Every call ends by itself within a time of the transport's own (a poll within
 * that time plus what it was told to wait).
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
     * Asks a target what it is.
     *
     * @param target whom
     * @return its description, or why there is none
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
     * Takes untouched frames away from a remote job.
     *
     * @param remote which
     * @param keep the frames that it may go on with
     * @param by the attempt, with the caller's own epoch
     * @return what it keeps
     */
    CompletionStage<ShortenOutcome> shorten(RemoteJob remote, FrameSet keep, AttemptId by);

    /**
     * Lists the frames that a remote job has finished, also while it runs.
     *
     * @param remote which
     * @return its finished frames
     */
    CompletionStage<FramesOutcome> frames(RemoteJob remote);

    /**
     * Copies one file of a finished frame.
     *
     * @param remote which job
     * @param frame which frame
     * @param file which file of it
     * @param into where to write; a new file, whose length and digest are checked by the transport
     * @return what became of it; nothing is left at {@code into} unless it was fetched whole
     */
    CompletionStage<FetchOutcome> fetch(RemoteJob remote, int frame, OutputFile file, Path into);

    /**
     * Sends a scene to a target unless it has it.
     *
     * @param target to whom
     * @param scene with its digest
     * @return what became of it
     */
    CompletionStage<UploadOutcome> upload(Target target, Scene.Local scene);

    /**
     * Gets the log of a remote job, also while it runs.
     *
     * @param remote which
     * @param maxBytes how much of its end at most
     * @return the text, or why there is none
     */
    CompletionStage<LogOutcome> log(RemoteJob remote, int maxBytes);

    /** Ends all calls and frees what is held. Can be called twice. */
    @Override
    void close();
}
