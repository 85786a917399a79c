package io.renderfleet.core.model;

import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A node as the coordinator sees it at one moment.
 *
 * @param address where it is
 * @param description what it says of itself, or null before it first answered
 * @param state how it stands
 * @param busy how many of its slots this coordinator has filled
 * @param lastSeenAt when it last answered, or null
 * @param failures how many batches in a row it has failed
 * @param framesPerSecond how fast it has been, all slots together, or null before anything was measured
 * @param trouble what is wrong with it in words for an operator, or null
 */
public record FarmNode(
        URI address,
        @Nullable NodeDescription description,
        State state,
        int busy,
        @Nullable Instant lastSeenAt,
        int failures,
        @Nullable Double framesPerSecond,
        @Nullable String trouble) {

    /** How a node stands. */
    public enum State {
        /** It has not answered yet. */
        UNKNOWN,
        /** It answers and takes work. */
        UP,
        /** It did not answer lately: no new work, its batches are still tracked. */
        SUSPECT,
        /** It has not answered for long. */
        DOWN,
        /** It finishes what it has and takes no more. */
        DRAINING,
        /** It failed too often in a row and is left alone for a while. */
        QUARANTINED,
        /** It is another address of a node that is listed already. */
        DUPLICATE,
        /** It was taken off the list and still has batches. */
        LEFT;

        /**
         * Returns the name on the wire.
         *
         * @return in lower case
         */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Returns how many batches it takes at once.
     *
     * @return 0 before it first answered
     */
    public int slots() {
        return description == null ? 0 : description.slots();
    }
}
