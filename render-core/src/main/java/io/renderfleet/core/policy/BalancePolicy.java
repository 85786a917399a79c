package io.renderfleet.core.policy;

import java.time.Duration;

/**
 * What is done when slots are idle and nothing waits.
 *
 * @param shorten whether untouched frames of the batch that would end last move to idle nodes
 * @param speculate whether frames that are being rendered may be rendered a second time where that is sooner done; the first verified
 *     copy wins and the other is stopped
 * @param extraWork how much work speculation may add, as a part of the job's whole work, 0 to 1; one frame is always allowed
 * @param minGain by how much sooner a batch must end for any of this to be worth it
 */
public record BalancePolicy(boolean shorten, boolean speculate, double extraWork, Duration minGain) {

    /** Checks the ranges. */
    public BalancePolicy {
        if (!(extraWork >= 0 && extraWork <= 1)) {
            throw new IllegalArgumentException("extraWork is " + extraWork + ": it must be from 0 to 1");
        }
        if (minGain.isNegative()) {
            throw new IllegalArgumentException("minGain is " + minGain + ": it must not be negative");
        }
    }

    /**
     * Gives the usual policy.
     *
     * @return both, with 5 % of extra work, for a gain of at least a second
     */
    public static BalancePolicy ofDefaults() {
        return new BalancePolicy(true, true, 0.05, Duration.ofSeconds(1));
    }

    /**
     * Leaves batches as they were dispatched.
     *
     * @return neither
     */
    public static BalancePolicy none() {
        return new BalancePolicy(false, false, 0, Duration.ZERO);
    }
}
