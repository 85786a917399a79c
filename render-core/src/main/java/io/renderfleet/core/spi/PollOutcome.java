package io.renderfleet.core.spi;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.NodeId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a remote job stands. Callers keep a default branch. */
public sealed interface PollOutcome {

    /**
     * A pool has not begun it; it can be withdrawn, and its deadlines have not started.
     *
     * @param pollAfter when to ask again, or null where the target does not say
     */
    record Waiting(@Nullable Duration pollAfter) implements PollOutcome {}

    /**
     * It is being rendered.
     *
     * @param progress how far it is; {@link BatchProgress#NONE} where the target does not say
     * @param pollAfter when to ask again, or null where the target does not say
     * @param etag names this progress for the next poll, or null
     * @param held whether the target held the answer as it was asked to, so that the next poll may come at once
     */
    record Running(
            BatchProgress progress,
            @Nullable Duration pollAfter,
            @Nullable String etag,
            boolean held) implements PollOutcome {}

    /**
     * It is over.
     *
     * @param end how
     * @param executedBy who did it, where the target says so
     */
    record Ended(BatchEnd end, @Nullable NodeId executedBy) implements PollOutcome {}

    /**
     * Too many calls.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Throttled(@Nullable Duration retryAfter) implements PollOutcome {}

    /**
     * The target does not know it (any more).
     */
    record Lost() implements PollOutcome {}

    /**
     * Somebody else answered: nothing is known of the job.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Misrouted(String cause) implements PollOutcome {}

    /**
     * No answer, or none that makes sense.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements PollOutcome {}
}
