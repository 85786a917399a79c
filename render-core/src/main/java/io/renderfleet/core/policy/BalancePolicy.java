package io.renderfleet.core.policy;

import java.time.Duration;

/**
 * What the engine does with idle slots when no frame waits: it makes the batches that would end last end sooner.
 *
 * <p>Twice a second it forecasts when each running batch will end, and tries two things, in this order. It <em>shortens</em> a batch:
 * frames that the node has not begun move to idle nodes, which adds no work. When only the frame under way is left, it <em>speculates</em>:
 * a node that is clearly faster renders the same frame a second time. The first verified copy wins, and the engine stops the other.
 *
 * <p>{@link #minGain} limits both. {@link #extraWork} limits speculation only. Neither happens to a paused job. A batch is only shortened
 * on a node that can do that, and only speculated on where the node reports which frame it renders. Turn speculation off where a frame
 * rendered twice costs money, such as on rented machines; use {@link #none()} to measure what a splitter does by itself.
 *
 * @param shorten whether frames that were not begun move from the batch that would end last to idle nodes. A batch that a pool has not begun
 *     is taken back whole
 * @param speculate whether a frame that is being rendered may be rendered a second time where that ends at least a fifth sooner
 * @param extraWork how much work speculation may add, as a part of the whole work of the job, 0 to 1. Once in a job the
 *     frame that would end it last may go beyond that
 * @param minGain by how much sooner a batch must end for any of this to happen; zero or more
 */
public record BalancePolicy(boolean shorten, boolean speculate, double extraWork, Duration minGain) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range; the message names it
     */
    public BalancePolicy {
        if (!(extraWork >= 0 && extraWork <= 1)) {
            throw new IllegalArgumentException("extraWork is " + extraWork + ": it must be from 0 to 1");
        }
        if (minGain.isNegative()) {
            throw new IllegalArgumentException("minGain is " + minGain + ": it must not be negative");
        }
    }

    /**
     * Returns the default policy.
     *
     * @return shortens and speculates, with up to 5 % of extra work, for a gain of at least a second
     */
    public static BalancePolicy ofDefaults() {
        return new BalancePolicy(true, true, 0.05, Duration.ofSeconds(1));
    }

    /**
     * Returns a policy that leaves batches as they were dispatched.
     *
     * @return neither shortens nor speculates
     */
    public static BalancePolicy none() {
        return new BalancePolicy(false, false, 0, Duration.ZERO);
    }
}
