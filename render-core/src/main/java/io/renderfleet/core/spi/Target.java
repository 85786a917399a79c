package io.renderfleet.core.spi;

import java.net.URI;

/**
 * Whom a transport hands work to: a {@link Machine}, which says itself how many slots it has, or a {@link Pool}, such as a queue of
 * one's own. Callers keep a default branch.
 */
public sealed interface Target {

    /**
     * Where it is.
     *
     * @return an address that the transport understands
     */
    URI address();

    /**
     * One node with its slots.
     *
     * @param address where it is
     */
    record Machine(URI address) implements Target {}

    /**
     * A queue or a cluster that picks the node itself; results say who did the work.
     *
     * @param address where it is
     * @param capacity how many batches it may hold at once, at least 1
     */
    record Pool(URI address, int capacity) implements Target {
        /**
         * Checks the capacity.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Pool {
            if (capacity < 1) {
                throw new IllegalArgumentException(
                        "pool " + address + " has capacity " + capacity + ": at least 1 is needed");
            }
        }
    }
}
