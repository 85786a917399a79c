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
    record Accepted(RemoteJob remote, @Nullable Duration pollAfter) implements SubmitOutcome {
        @Override
        public void match(Cases cases) {
            cases.onAccepted(this);
        }
    }

    /**
     * All slots are in use.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record SlotsTaken(@Nullable Duration retryAfter) implements SubmitOutcome {
        @Override
        public void match(Cases cases) {
            cases.onSlotsTaken(this);
        }
    }

    /**
     * Too many calls.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Throttled(@Nullable Duration retryAfter) implements SubmitOutcome {
        @Override
        public void match(Cases cases) {
            cases.onThrottled(this);
        }
    }

    /**
     * The target takes no more work.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Draining(@Nullable Duration retryAfter) implements SubmitOutcome {
        @Override
        public void match(Cases cases) {
            cases.onDraining(this);
        }
    }

    /**
     * The target lacks the scene and can be sent it.
     */
    record SceneMissing() implements SubmitOutcome {
        @Override
        public void match(Cases cases) {
            cases.onSceneMissing(this);
        }
    }

    /**
     * The target cannot or will not render this; the same call will be refused again.
     *
     * @param failure why
     */
    record Rejected(Failure failure) implements SubmitOutcome {
        @Override
        public void match(Cases cases) {
            cases.onRejected(this);
        }
    }

    /**
     * A newer coordinator exists: stand down.
     */
    record Fenced() implements SubmitOutcome {
        @Override
        public void match(Cases cases) {
            cases.onFenced(this);
        }
    }

    /**
     * No answer.
     *
     * @param cause what went wrong, in words for an operator
     * @param maybeAccepted false only if the target certainly did not get the batch
     */
    record Unreachable(String cause, boolean maybeAccepted) implements SubmitOutcome {
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
         * Handles {@link Accepted}.
         *
         * @param it the outcome
         */
        void onAccepted(Accepted it);

        /**
         * Handles {@link SlotsTaken}.
         *
         * @param it the outcome
         */
        void onSlotsTaken(SlotsTaken it);

        /**
         * Handles {@link Throttled}.
         *
         * @param it the outcome
         */
        void onThrottled(Throttled it);

        /**
         * Handles {@link Draining}.
         *
         * @param it the outcome
         */
        void onDraining(Draining it);

        /**
         * Handles {@link SceneMissing}.
         *
         * @param it the outcome
         */
        void onSceneMissing(SceneMissing it);

        /**
         * Handles {@link Rejected}.
         *
         * @param it the outcome
         */
        void onRejected(Rejected it);

        /**
         * Handles {@link Fenced}.
         *
         * @param it the outcome
         */
        void onFenced(Fenced it);

        /**
         * Handles {@link Unreachable}.
         *
         * @param it the outcome
         */
        void onUnreachable(Unreachable it);
    }
}
