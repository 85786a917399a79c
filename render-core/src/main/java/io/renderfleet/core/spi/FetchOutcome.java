package io.renderfleet.core.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of copying a file. Callers keep a default branch. */
public sealed interface FetchOutcome {

    /**
     * The file is there, whole, with the right digest.
     */
    record Fetched() implements FetchOutcome {
        @Override
        public void match(Cases cases) {
            cases.onFetched(this);
        }
    }

    /**
     * What came is not what was announced.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Damaged(String cause) implements FetchOutcome {
        @Override
        public void match(Cases cases) {
            cases.onDamaged(this);
        }
    }

    /**
     * What came is what the target has, and no such file: its {@link ContentCheck} found something wrong. Another try would bring the same.
     *
     * @param cause what is wrong, in words that follow the file's name in a sentence
     */
    record Flawed(String cause) implements FetchOutcome {
        @Override
        public void match(Cases cases) {
            cases.onFlawed(this);
        }
    }

    /**
     * The target has no such file (any more).
     */
    record Lost() implements FetchOutcome {
        @Override
        public void match(Cases cases) {
            cases.onLost(this);
        }
    }

    /**
     * Too many calls.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Throttled(@Nullable Duration retryAfter) implements FetchOutcome {
        @Override
        public void match(Cases cases) {
            cases.onThrottled(this);
        }
    }

    /**
     * The file could not be written here.
     *
     * @param cause what went wrong, in words for an operator
     */
    record LocalFailure(String cause) implements FetchOutcome {
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
    record Unreachable(String cause) implements FetchOutcome {
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
         * Handles {@link Fetched}.
         *
         * @param it the outcome
         */
        void onFetched(Fetched it);

        /**
         * Handles {@link Damaged}.
         *
         * @param it the outcome
         */
        void onDamaged(Damaged it);

        /**
         * Handles {@link Flawed}.
         *
         * @param it the outcome
         */
        void onFlawed(Flawed it);

        /**
         * Handles {@link Lost}.
         *
         * @param it the outcome
         */
        void onLost(Lost it);

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
