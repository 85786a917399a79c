package io.renderfleet.core.policy;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often the engine asks a target about a batch, and how long it bears with a target that does not answer.
 *
 * <p>There are three ways to wait for the end of a batch, and the target decides which. A target that can hold its answer (long poll) is
 * asked to hold it for {@link #hold}, and asked again as soon as it has answered. A target that names a wait, such as {@code Retry-After},
 * is asked when that wait is over, but after {@link #maxRetryAfter} at the latest. All others are asked after {@link #firstInterval}, and
 * then at intervals that grow by half up to {@link #maxInterval}. The two intervals also space the attempts to reach a target that does not
 * answer.
 *
 * <p>When a target does not answer, two clocks run. After {@link #giveUpAfter} the batch counts as lost, and its missing frames go to other
 * nodes; after {@link HealthPolicy#lostAfter()} the node counts as down. By default both are 20 s. Raise both where the network or the
 * machines pause for longer: a batch that is lost too early is rendered twice.
 *
 * @param firstInterval the first wait where the target names none: positive
 * @param maxInterval the longest wait where the target names none: not shorter than {@code firstInterval}
 * @param maxRetryAfter the longest wait that the engine grants a target: it cuts longer ones to this. Positive
 * @param hold how long the engine asks a target to hold its answer: positive. Our nodes hold it for 25 s at most. Keep it within twice {@link
 *     HealthPolicy#probeEvery()}: a node that is silent for longer is asked how it is, so that a longer hold saves no calls. A shorter hold
 *     notices a dead node sooner, and lists finished frames more often
 * @param giveUpAfter how long a target may be out of reach before its batch counts as lost: positive. For as long the engine also repeats
 *     the hand-over of a batch when it does not know whether the target took it
 * @param jitter which part is added to each wait at random, 0 to 1, so that polls spread; a wait is never shortened
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
     * Returns the default policy.
     *
     * @return intervals from 0.5 s to 5 s, waits of up to 5 minutes where the target names them, answers held for 20 s, batches lost after
     *     20 s, 10 % jitter
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
     * Returns the wait before the next poll: the one that the target names, up to {@link #maxRetryAfter}, or else the policy's own. Jitter
     * comes on top, so that the wait is never shorter than asked.
     *
     * @param named the wait that the target names, or null if it names none
     * @param pollsBefore how many times the batch was polled before, 0 or more
     * @param random the source of the jitter
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
