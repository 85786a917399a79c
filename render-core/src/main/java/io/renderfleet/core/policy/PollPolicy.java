package io.renderfleet.core.policy;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often a remote job is asked how it stands.
 *
 * @param firstInterval the first wait where the target names none; grows by half with each poll
 * @param maxInterval the longest wait where the target names none
 * @param maxRetryAfter to how much a wait that the target names is cut
 * @param hold how long a target that can is asked to hold its answer; at most 25 s is of use. With the usual health policy a
 *     node is asked how it is if it has held its answer for more than 20 s: a longer hold saves no calls
 * @param giveUpAfter how long a target may be out of reach before the job counts as out of reach
 * @param jitter which part is added to each wait at random, 0 to 1, so that polls spread
 */
public record PollPolicy(
        Duration firstInterval,
        Duration maxInterval,
        Duration maxRetryAfter,
        Duration hold,
        Duration giveUpAfter,
        double jitter) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming what is out of range
     */
    public PollPolicy {
        positive("firstInterval", firstInterval);
        positive("maxRetryAfter", maxRetryAfter);
        positive("hold", hold);
        positive("giveUpAfter", giveUpAfter);
        if (maxInterval.compareTo(firstInterval) < 0) {
            throw new IllegalArgumentException(
                    "maxInterval is " + maxInterval + ": it must not be shorter than firstInterval, " + firstInterval);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter is " + jitter + ": it must be from 0 to 1");
        }
    }

    /**
     * Gives the usual policy.
     *
     * @return 0.5 s growing to 5 s, Retry-After cut to 5 minutes, held for 20 s, given up after 20 s out of reach, 10 % jitter
     */
    public static PollPolicy ofDefaults() {
        return new PollPolicy(
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                0.1);
    }

    /**
     * Says how long to wait before the next poll: as long as the target names, cut to the longest that is obeyed, or the policy's own wait;
     * never shorter than asked, only spread upwards.
     *
     * @param named what the target asks for, or null
     * @param pollsBefore how many polls of the batch there were
     * @param random spreads the waits
     * @return the wait
     */
    public Duration next(@Nullable Duration named, int pollsBefore, RandomGenerator random) {
        Duration wait = named == null ? own(pollsBefore) : named.compareTo(maxRetryAfter) > 0 ? maxRetryAfter : named;
        return Duration.ofNanos((long) (wait.toNanos() * (1 + jitter * random.nextDouble())));
    }

    private Duration own(int pollsBefore) {
        double nanos = firstInterval.toNanos() * Math.pow(1.5, Math.min(pollsBefore, 40));
        return Duration.ofNanos((long) Math.min(nanos, (double) maxInterval.toNanos()));
    }

    private static void positive(String field, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(field + " is " + value + ": it must be positive");
        }
    }
}
