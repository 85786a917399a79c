package io.renderfleet.core.spi;

import io.renderfleet.core.model.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of sending a scene. Callers keep a default branch. */
public sealed interface UploadOutcome {

    /**
     * The target has it.
     */
    record Stored() implements UploadOutcome {
        @Override
        public void match(Cases cases) {
            cases.onStored(this);
        }
    }

    /**
     * The target will not take it: too large, no room, or it has no place for scenes.
     *
     * @param failure why
     */
    record Refused(Failure failure) implements UploadOutcome {
        @Override
        public void match(Cases cases) {
            cases.onRefused(this);
        }
    }

    /**
     * Too many calls.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Throttled(@Nullable Duration retryAfter) implements UploadOutcome {
        @Override
        public void match(Cases cases) {
            cases.onThrottled(this);
        }
    }

    /**
     * The scene could not be read here, or has changed.
     *
     * @param cause what went wrong, in words for an operator
     */
    record LocalFailure(String cause) implements UploadOutcome {
        @Override
        public void match(Cases cases) {
            cases.onLocalFailure(this);
        }
    }

    /**
     * No answer, or the connection broke.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements UploadOutcome {
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
         * Handles {@link Stored}.
         *
         * @param it the outcome
         */
        void onStored(Stored it);

        /**
         * Handles {@link Refused}.
         *
         * @param it the outcome
         */
        void onRefused(Refused it);

        /**
         * Handles {@link Throttled}.
         *
         * @param it the outcome
         */
        void onThrottled(Throttled it);

        /**
         * Handles {@link LocalFailure}.
         *
         * @param it the outcome
         */
        void onLocalFailure(LocalFailure it);

        /**
         * Handles {@link Unreachable}.
         *
         * @param it the outcome
         */
        void onUnreachable(Unreachable it);
    }
}
