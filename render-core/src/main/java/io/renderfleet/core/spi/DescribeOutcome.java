package io.renderfleet.core.spi;

import io.renderfleet.core.model.NodeDescription;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a target says of itself. Callers keep a default branch. */
public sealed interface DescribeOutcome {

    /**
     * The target described itself.
     *
     * @param node the description
     */
    record Described(NodeDescription node) implements DescribeOutcome {
        @Override
        public void match(Cases cases) {
            cases.onDescribed(this);
        }
    }

    /**
     * The target is there but has no way to describe itself: the simplest node there can be, with one slot and no capabilities, so
     * that its frames are never asked for and end unverified.
     */
    record Anonymous() implements DescribeOutcome {
        @Override
        public void match(Cases cases) {
            cases.onAnonymous(this);
        }
    }

    /**
     * The target is there and refuses, for example for a wrong token.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Refused(String cause) implements DescribeOutcome {
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
    record Throttled(@Nullable Duration retryAfter) implements DescribeOutcome {
        @Override
        public void match(Cases cases) {
            cases.onThrottled(this);
        }
    }

    /**
     * The target did not answer.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements DescribeOutcome {
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
         * Handles {@link Described}.
         *
         * @param it the outcome
         */
        void onDescribed(Described it);

        /**
         * Handles {@link Anonymous}.
         *
         * @param it the outcome
         */
        void onAnonymous(Anonymous it);

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
         * Handles {@link Unreachable}.
         *
         * @param it the outcome
         */
        void onUnreachable(Unreachable it);
    }
}
