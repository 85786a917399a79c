package io.renderfleet.core.spi;

import io.renderfleet.core.model.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of a batch that was handed over. Callers keep a default branch. */
public sealed interface SubmitOutcome {

    /**
     * The target took it, now or, with the same key, before.
     *
     * @param remote how to ask for it
     * @param pollAfter when to ask first, or null where the target does not say
     */
    record Accepted(RemoteJob remote, @Nullable Duration pollAfter) implements SubmitOutcome {}

    /**
     * All slots are in use.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record SlotsTaken(@Nullable Duration retryAfter) implements SubmitOutcome {}

    /**
     * Too many calls.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Throttled(@Nullable Duration retryAfter) implements SubmitOutcome {}

    /**
     * The target takes no more work.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Draining(@Nullable Duration retryAfter) implements SubmitOutcome {}

    /**
     * The target lacks the scene and can be sent it.
     */
    record SceneMissing() implements SubmitOutcome {}

    /**
     * The target cannot or will not render this; the same call will be refused again.
     *
     * @param failure why
     */
    record Rejected(Failure failure) implements SubmitOutcome {}

    /**
     * A newer coordinator exists: stand down.
     */
    record Fenced() implements SubmitOutcome {}

    /**
     * No answer.
     *
     * @param cause what went wrong, in words for an operator
     * @param maybeAccepted false only if the target certainly did not get the batch
     */
    record Unreachable(String cause, boolean maybeAccepted) implements SubmitOutcome {}
}
