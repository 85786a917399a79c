package io.renderfleet.transport.queue;

import java.time.Duration;

/**
 * How long a coordinator waits.
 *
 * @param lease for how long a worker that has a batch may not be heard before the batch counts as lost; 10 s to 1 h. Workers are heard every
 *     five seconds. The time during which the broker is away does not count
 * @param answer how long a worker may take to answer a question
 */
record Leases(Duration lease, Duration answer) {
    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofHours(1);

    static final Leases DEFAULT = new Leases(Duration.ofSeconds(30), Duration.ofSeconds(10));

    /** Checks a lease that somebody sets. */
    static Leases of(Duration lease) {
        if (lease.compareTo(SHORTEST) < 0 || lease.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("lease is " + lease.toSeconds() + " s: it must be from "
                    + SHORTEST.toSeconds() + " to " + LONGEST.toSeconds() + " s");
        }
        return new Leases(lease, DEFAULT.answer());
    }
}
