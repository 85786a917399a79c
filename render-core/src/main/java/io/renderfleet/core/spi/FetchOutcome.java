package io.renderfleet.core.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of copying a file. Callers keep a default branch. */
public sealed interface FetchOutcome {

    /**
     * The file is there, whole, with the right digest.
     */
    record Fetched() implements FetchOutcome {}

    /**
     * What came is not what was announced.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Damaged(String cause) implements FetchOutcome {}

    /**
     * The target has no such file (any more).
     */
    record Lost() implements FetchOutcome {}

    /**
     * Too many calls.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Throttled(@Nullable Duration retryAfter) implements FetchOutcome {}

    /**
     * The file could not be written here.
     *
     * @param cause what went wrong, in words for an operator
     */
    record LocalFailure(String cause) implements FetchOutcome {}

    /**
     * No answer, or the connection broke.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements FetchOutcome {}
}
