package io.renderfleet.core.track;

import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.BatchEnd;
import org.jspecify.annotations.Nullable;

/** How the watching of a remote job ended. Callers keep a default branch. */
public sealed interface TrackingEnd {

    /**
     * The job is over.
     *
     * @param end how
     * @param executedBy who did it, where the target says so
     */
    record Ended(BatchEnd end, @Nullable NodeId executedBy) implements TrackingEnd {
        @Override
        public void match(Cases cases) {
            cases.onEnded(this);
        }
    }

    /** The target does not know the job (any more). */
    record Lost() implements TrackingEnd {
        @Override
        public void match(Cases cases) {
            cases.onLost(this);
        }
    }

    /**
     * The target gave no sensible answer for too long.
     *
     * @param cause the last trouble
     */
    record OutOfReach(String cause) implements TrackingEnd {
        @Override
        public void match(Cases cases) {
            cases.onOutOfReach(this);
        }
    }

    /**
     * Calls the method for this kind of end.
     *
     * @param cases one method for each kind
     */
    void match(Cases cases);

    /**
     * One method for each kind of end, so that a kind that is added is missing wherever something must be decided about each. It grows with
     * the kinds: what need not know all of them asks with {@code instanceof} and keeps a default branch.
     */
    interface Cases {
        /**
         * Handles {@link Ended}.
         *
         * @param it the end
         */
        void onEnded(Ended it);

        /**
         * Handles {@link Lost}.
         *
         * @param it the end
         */
        void onLost(Lost it);

        /**
         * Handles {@link OutOfReach}.
         *
         * @param it the end
         */
        void onOutOfReach(OutOfReach it);
    }
}
