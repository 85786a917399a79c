package io.renderfleet.core.spi;

/** What became of a cancel. Callers keep a default branch. */
public sealed interface CancelOutcome {

    /**
     * It is being stopped.
     */
    record Stopping() implements CancelOutcome {
        @Override
        public void match(Cases cases) {
            cases.onStopping(this);
        }
    }

    /**
     * It is stopped, or had ended before, or is unknown there.
     */
    record Stopped() implements CancelOutcome {
        @Override
        public void match(Cases cases) {
            cases.onStopped(this);
        }
    }

    /**
     * The target cannot stop anything.
     */
    record Unsupported() implements CancelOutcome {
        @Override
        public void match(Cases cases) {
            cases.onUnsupported(this);
        }
    }

    /**
     * A newer coordinator exists: stand down.
     */
    record Fenced() implements CancelOutcome {
        @Override
        public void match(Cases cases) {
            cases.onFenced(this);
        }
    }

    /**
     * No answer, or none that makes sense.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements CancelOutcome {
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
         * Handles {@link Stopping}.
         *
         * @param it the outcome
         */
        void onStopping(Stopping it);

        /**
         * Handles {@link Stopped}.
         *
         * @param it the outcome
         */
        void onStopped(Stopped it);

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
