package io.renderfleet.core.spi;

import io.renderfleet.core.model.FrameOutput;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The finished frames of a remote job. Callers keep a default branch. */
public sealed interface FramesOutcome {

    /**
     * The target listed them.
     *
     * @param frames the finished frames, each with digests that {@link RenderTransport#fetch} holds the files against
     */
    record Listed(List<FrameOutput> frames) implements FramesOutcome {
        @Override
        public void match(Cases cases) {
            cases.onListed(this);
        }
    }

    /**
     * The target lists no frames: what it renders stays unverified.
     */
    record Unsupported() implements FramesOutcome {
        @Override
        public void match(Cases cases) {
            cases.onUnsupported(this);
        }
    }

    /**
     * The target does not know the job (any more).
     */
    record Lost() implements FramesOutcome {
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
    record Throttled(@Nullable Duration retryAfter) implements FramesOutcome {
        @Override
        public void match(Cases cases) {
            cases.onThrottled(this);
        }
    }

    /**
     * No answer, or none that makes sense.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements FramesOutcome {
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
         * Handles {@link Listed}.
         *
         * @param it the outcome
         */
        void onListed(Listed it);

        /**
         * Handles {@link Unsupported}.
         *
         * @param it the outcome
         */
        void onUnsupported(Unsupported it);

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
         * Handles {@link Unreachable}.
         *
         * @param it the outcome
         */
        void onUnreachable(Unreachable it);
    }
}
