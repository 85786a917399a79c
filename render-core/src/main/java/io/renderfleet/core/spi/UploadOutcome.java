package io.renderfleet.core.spi;

import io.renderfleet.core.model.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of sending a scene. Callers keep a default branch. */
public sealed interface UploadOutcome {

    /**
     * The target has it.
     */
    record Stored() implements UploadOutcome {}

    /**
     * The target will not take it: too large, no room, or it has no place for scenes.
     *
     * @param failure why
     */
    record Refused(Failure failure) implements UploadOutcome {}

    /**
     * Too many calls.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Throttled(@Nullable Duration retryAfter) implements UploadOutcome {}

    /**
     * The scene could not be read here, or has changed.
     *
     * @param cause what went wrong, in words for an operator
     */
    record LocalFailure(String cause) implements UploadOutcome {}

    /**
     * No answer, or the connection broke.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements UploadOutcome {}
}
