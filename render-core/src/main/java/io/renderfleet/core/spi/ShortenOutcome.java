package io.renderfleet.core.spi;

import io.renderfleet.core.model.FrameSet;

/** What became of taking frames away. Callers keep a default branch. */
public sealed interface ShortenOutcome {

    /**
     * It goes on with these.
     *
     * @param frames what the remote job will have rendered in the end
     */
    record Kept(FrameSet frames) implements ShortenOutcome {
        @Override
        public void match(Cases cases) {
            cases.onKept(this);
        }
    }

    /**
     * It had ended.
     *
     * @param finished what it rendered
     */
    record AlreadyEnded(FrameSet finished) implements ShortenOutcome {
        @Override
        public void match(Cases cases) {
            cases.onAlreadyEnded(this);
        }
    }

    /**
     * The target cannot do that, or does not know the job.
     */
    record Unsupported() implements ShortenOutcome {
        @Override
        public void match(Cases cases) {
            cases.onUnsupported(this);
        }
    }

    /**
     * A newer coordinator exists: stand down.
     */
    record Fenced() implements ShortenOutcome {
        @Override
        public void match(Cases cases) {
            cases.onFenced(this);
        }
    }

    /**
     * No answer: whether it was shortened is unknown until asked again.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements ShortenOutcome {
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
         * Handles {@link Kept}.
         *
         * @param it the outcome
         */
        void onKept(Kept it);

        /**
         * Handles {@link AlreadyEnded}.
         *
         * @param it the outcome
         */
        void onAlreadyEnded(AlreadyEnded it);

        /**
         * Handles {@link Unsupported}.
         *
         * @param it the outcome
         */
        void onUnsupported(Unsupported it);

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
