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
    record Waiting(@Nullable Duration pollAfter) implements PollOutcome {
        @Override
        public void match(Cases cases) {
            cases.onWaiting(this);
        }
    }

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
            boolean held) implements PollOutcome {
        @Override
        public void match(Cases cases) {
            cases.onRunning(this);
        }
    }

    /**
     * It is over.
     *
     * @param end how
     * @param executedBy who did it, where the target says so
     */
    record Ended(BatchEnd end, @Nullable NodeId executedBy) implements PollOutcome {
        @Override
        public void match(Cases cases) {
            cases.onEnded(this);
        }
    }

    /**
     * Too many calls.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Throttled(@Nullable Duration retryAfter) implements PollOutcome {
        @Override
        public void match(Cases cases) {
            cases.onThrottled(this);
        }
    }

    /**
     * The target does not know it (any more).
     */
    record Lost() implements PollOutcome {
        @Override
        public void match(Cases cases) {
            cases.onLost(this);
        }
    }

    /**
     * Somebody else answered: nothing is known of the job.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Misrouted(String cause) implements PollOutcome {
        @Override
        public void match(Cases cases) {
            cases.onMisrouted(this);
        }
    }

    /**
     * No answer, or none that makes sense.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements PollOutcome {
        @Override
        public void match(Cases cases) {
            cases.onUnreachable(this);
        }
    }

    /**
     * Calls the method for this kind of outcome.
     *
     * @param cases one method for each kind
     */
    void match(Cases cases);

    /**
     * One method for each kind of outcome, so that a kind that is added is missing wherever something must be decided about each. It grows with
     * the kinds: what need not know all of them asks with {@code instanceof} and keeps a default branch.
     */
    interface Cases {
        /**
         * Handles {@link Waiting}.
         *
         * @param it the outcome
         */
        void onWaiting(Waiting it);

        /**
         * Handles {@link Running}.
         *
         * @param it the outcome
         */
        void onRunning(Running it);

        /**
         * Handles {@link Ended}.
         *
         * @param it the outcome
         */
        void onEnded(Ended it);

        /**
         * Handles {@link Throttled}.
         *
         * @param it the outcome
         */
        void onThrottled(Throttled it);

        /**
         * Handles {@link Lost}.
         *
         * @param it the outcome
         */
        void onLost(Lost it);

        /**
         * Handles {@link Misrouted}.
         *
         * @param it the outcome
         */
        void onMisrouted(Misrouted it);

        /**
         * Handles {@link Unreachable}.
         *
         * @param it the outcome
         */
        void onUnreachable(Unreachable it);
    }
}
