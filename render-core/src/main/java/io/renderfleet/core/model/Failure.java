package io.renderfleet.core.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why something was not rendered, in words from which an artist or an operator knows what to do.
 *
 * @param kind what sort of failure
 * @param frame the frame that was being rendered, or null where no single frame is at fault
 * @param message one or two sentences, without absolute paths or secrets
 * @param retryElsewhere whether another node could do better
 * @param log the last lines of the renderer's log, oldest first, at most 50
 */
public record Failure(
        FailureKind kind, @Nullable Integer frame, String message, boolean retryElsewhere, List<String> log) {

    private static final int MAX_LOG = 50;

    /** Keeps the last 50 lines of the log, and puts spaces in place of control characters. */
    public Failure {
        message = PlainText.of(message);
        log = PlainText.of(log.subList(Math.max(0, log.size() - MAX_LOG), log.size()));
    }

    /**
     * Makes a failure without frame and log; whether to retry elsewhere follows from the kind.
     *
     * @param kind what sort of failure
     * @param message what happened and what to do
     * @return the failure
     */
    public static Failure of(FailureKind kind, String message) {
        return new Failure(kind, null, message, kind.blame() == FailureKind.Blame.NODE, List.of());
    }

    /**
     * Makes a failure of one frame; whether to retry elsewhere follows from the kind.
     *
     * @param kind what sort of failure
     * @param frame the frame
     * @param message what happened and what to do
     * @return the failure
     */
    public static Failure of(FailureKind kind, int frame, String message) {
        return new Failure(kind, frame, message, kind.blame() == FailureKind.Blame.NODE, List.of());
    }

    /**
     * Adds the log.
     *
     * @param lines the last lines, oldest first
     * @return the same failure with the last 50 of them
     */
    public Failure withLog(List<String> lines) {
        return new Failure(kind, frame, message, retryElsewhere, lines);
    }

    /** Gives kind and message in one line. */
    @Override
    public String toString() {
        return kind + (frame == null ? "" : " (frame " + frame + ")") + ": " + message;
    }
}
