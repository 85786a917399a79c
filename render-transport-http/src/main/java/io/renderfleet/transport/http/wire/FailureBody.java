package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The object {@code failure} of an answer.
 *
 * @param kind the name of a {@link FailureKind}
 * @param frame the frame at fault
 * @param message what happened and what to do
 * @param retryElsewhere whether another node could do better
 * @param log the last lines, oldest first
 */
public record FailureBody(
        @Nullable String kind,
        @Nullable Integer frame,
        @Nullable String message,
        @Nullable Boolean retryElsewhere,
        @Nullable List<String> log) {

    /** A message, and a line of the log, are for people: nobody reads more than this many characters. */
    private static final int MAX_TEXT = 2_000;

    /**
     * Makes the wire form of a failure.
     *
     * @param failure the failure, or null
     * @return its body, or null
     */
    public static @Nullable FailureBody of(@Nullable Failure failure) {
        return failure == null
                ? null
                : new FailureBody(
                        failure.kind().name(),
                        failure.frame(),
                        failure.message(),
                        failure.retryElsewhere(),
                        failure.log());
    }

    /**
     * Reads it.
     *
     * @return the failure; what is missing is filled in with what is likely
     */
    public Failure toFailure() {
        FailureKind known = kind == null ? FailureKind.UNKNOWN : FailureKind.fromWire(kind);
        String words = message == null ? "the node gave no reason" : shortened(message);
        return new Failure(
                known,
                frame,
                known == FailureKind.UNKNOWN && kind != null && !kind.equals("UNKNOWN")
                        ? BadRequestException.shown(kind) + ": " + words
                        : words,
                retryElsewhere == null ? known.blame() == FailureKind.Blame.NODE : retryElsewhere,
                log == null
                        ? List.of()
                        : log.stream()
                                .map(String::valueOf)
                                .map(FailureBody::shortened)
                                .toList());
    }

    private static String shortened(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text;
    }
}
