package io.renderfleet.core.policy;

import java.time.Duration;

/**
 * How often and when something that failed is tried again.
 *
 * @param maxAttempts how many tries a frame has before it is given up, 1 to 100; lost nodes and refusals do not count
 * @param firstDelay the wait after the first failure
 * @param maxDelay the longest wait
 * @param factor by how much each wait is longer than the one before, at least 1
 * @param jitter which part of a wait is random, 0 to 1: waits are drawn evenly from {@code (1 - jitter) × wait} to {@code wait}
 * @param hopelessAfter how long after its first failure a job is given up of which no node has rendered a frame, though some node might do
 *     better: one that is down, drained, or busy with other jobs. Not while a node that has not failed the job renders a frame of it,
 *     and not for crashes and the like while a node is up that has not tried
 */
public record RetryPolicy(
        int maxAttempts, Duration firstDelay, Duration maxDelay, double factor, double jitter, Duration hopelessAfter) {
    private static final Duration HOPELESS_AFTER = Duration.ofSeconds(45);

    /** Checks the ranges. */
    public RetryPolicy {
        if (maxAttempts < 1 || maxAttempts > 100) {
            throw new IllegalArgumentException("maxAttempts is " + maxAttempts + ": it must be from 1 to 100");
        }
        if (firstDelay.isNegative() || firstDelay.isZero() || firstDelay.compareTo(maxDelay) > 0) {
            throw new IllegalArgumentException(
                    "firstDelay is " + firstDelay + ": it must be positive and not longer than maxDelay, " + maxDelay);
        }
        if (!(factor >= 1 && factor <= 100)) {
            throw new IllegalArgumentException("factor is " + factor + ": it must be from 1 to 100");
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter is " + jitter + ": it must be from 0 to 1");
        }
        if (hopelessAfter.isNegative() || hopelessAfter.isZero()) {
            throw new IllegalArgumentException("hopelessAfter is " + hopelessAfter + ": it must be positive");
        }
    }

    /**
     * Makes a policy that gives a hopeless job up after 45 s.
     *
     * @param maxAttempts how many tries a frame has, 1 to 100
     * @param firstDelay the wait after the first failure
     * @param maxDelay the longest wait
     * @param factor by how much each wait is longer than the one before, at least 1
     * @param jitter which part of a wait is random, 0 to 1
     */
    public RetryPolicy(int maxAttempts, Duration firstDelay, Duration maxDelay, double factor, double jitter) {
        this(maxAttempts, firstDelay, maxDelay, factor, jitter, HOPELESS_AFTER);
    }

    /**
     * Gives the usual policy.
     *
     * @return 3 attempts, waits from half a second up to a minute, doubling, half of them random; hopeless after 45 s
     */
    public static RetryPolicy ofDefaults() {
        return new RetryPolicy(3, Duration.ofMillis(500), Duration.ofMinutes(1), 2, 0.5);
    }
}
