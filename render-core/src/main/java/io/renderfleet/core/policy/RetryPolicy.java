package io.renderfleet.core.policy;

import java.time.Duration;

/**
 * How often the engine tries something again that failed, and how long it waits before that.
 *
 * <p>A frame fails when a node reports that it could not render it. The engine then waits and renders it on another node if it can, up to
 * {@link #maxAttempts} times. Only failures that another try may cure are tried again: where the request is to blame, the job ends at once,
 * whatever the policy says. A node that is lost, and a node that refuses a batch, cost no attempt.
 *
 * <p>The waits are {@link #firstDelay}, then {@link #factor} times as long after each further failure in a row, and never longer than
 * {@link #maxDelay}. A part of each wait, {@link #jitter}, is random, so that many failures at the same moment do not come back at the same
 * moment. The same waits space calls to a node that the engine repeats, such as fetching a file; those have limits of their own, which
 * {@link #maxAttempts} does not change.
 *
 * <p>When to change it: allow fewer attempts where a frame takes hours and fails for good reasons; allow longer delays where nodes share
 * something that recovers slowly, such as a licence server. Keep {@link #hopelessAfter} above the time that a node needs to load a scene and
 * to begin its first frame: a node that renders keeps hope alive, and a node that still loads does not.
 *
 * @param maxAttempts how many times a frame is tried before it is given up, the first time included: 1 to 100. The job goes on with its
 *     other frames, and ends as failed
 * @param firstDelay the wait after the first failure: positive, and not longer than {@code maxDelay}
 * @param maxDelay the longest wait
 * @param factor by how much each wait is longer than the one before, 1 to 100; 1 keeps the waits equal
 * @param jitter which part of a wait is random, 0 to 1: waits are drawn evenly from {@code (1 - jitter) × wait} to {@code wait}
 * @param hopelessAfter for how long after its first failure a job waits for a better node while no frame of it is done: one that is
 *     down, drained, or busy with other jobs. Then the job ends as failed. It does not end while a node that has not failed it renders a
 *     frame of it, nor because of crashes and other failures that may be a node's fault while a node is up that has not tried. Once a frame
 *     is done this no longer counts
 */
public record RetryPolicy(
        int maxAttempts, Duration firstDelay, Duration maxDelay, double factor, double jitter, Duration hopelessAfter) {
    private static final Duration HOPELESS_AFTER = Duration.ofSeconds(45);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range; the message names it
     */
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
     * Makes a policy with the default {@link #hopelessAfter}, 45 s.
     *
     * @param maxAttempts how many times a frame is tried, 1 to 100
     * @param firstDelay the wait after the first failure
     * @param maxDelay the longest wait
     * @param factor by how much each wait is longer than the one before, 1 to 100
     * @param jitter which part of a wait is random, 0 to 1
     */
    public RetryPolicy(int maxAttempts, Duration firstDelay, Duration maxDelay, double factor, double jitter) {
        this(maxAttempts, firstDelay, maxDelay, factor, jitter, HOPELESS_AFTER);
    }

    /**
     * Returns the default policy.
     *
     * @return 3 attempts; waits of half a second, doubling up to a minute, up to half of each random; hopeless after 45 s
     */
    public static RetryPolicy ofDefaults() {
        return new RetryPolicy(3, Duration.ofMillis(500), Duration.ofMinutes(1), 2, 0.5);
    }
}
