package io.renderfleet.core.policy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How the slots of a farm are shared between owners, and between the jobs of one owner. All of it applies among jobs of one {@linkplain
 * io.renderfleet.core.model.RenderRequest#priority priority}: higher priority always goes first.
 *
 * <p>Each {@linkplain io.renderfleet.core.model.RenderRequest#owner owner} that has work gets a part of the farm in proportion to its weight,
 * whatever the number of its jobs and the length of their batches. What counts is for how many seconds an owner holds slots; within an
 * owner each second counts as much as the speed of the slot's node as measured so far. Time without work is not made up for later. Jobs
 * without an owner are those of one owner, of weight 1.
 *
 * @param weights the weights of owners by their names, {@value #LEAST_WEIGHT} to {@value #MOST_WEIGHT}; an owner that is not named here has
 *     the weight 1
 * @param withinOwner how an owner's part is shared between its jobs
 * @param warmTolerance how far a job may fall behind its fair share, in seconds of slots, for a node to go on with the scene that it has
 *     loaded; within an owner they count as much as the speeds of the nodes. It never comes to more than ten times what loading the scene takes, so that cheap scenes change sooner.
 *     A job that holds less than its share of the slots is served at once all the same. Zero to a day; zero never waits
 */
public record SharePolicy(Map<String, Double> weights, WithinOwner withinOwner, Duration warmTolerance) {
    /** The least weight that an owner can have. */
    public static final double LEAST_WEIGHT = 0.01;

    /** The greatest weight that an owner can have. */
    public static final double MOST_WEIGHT = 100;

    private static final Duration MOST_TOLERANCE = Duration.ofDays(1);

    /** How the part of an owner is shared between its jobs. */
    public enum WithinOwner {
        /** All of them get the same. */
        EQUAL,
        /**
         * The job that has the fewest seconds of rendering left goes first, by what its frames took so far. Jobs end sooner on average; a long
         * one waits while shorter ones keep coming. Of a job of which no frame is done, a frame counts as much as lately one of the
         * owner's other jobs.
         */
        SHORTEST_FIRST
    }

    /**
     * Copies the weights and checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range; the message names it
     */
    public SharePolicy {
        weights = Map.copyOf(weights);
        weights.forEach(SharePolicy::requireWeight);
        if (warmTolerance.isNegative() || warmTolerance.compareTo(MOST_TOLERANCE) > 0) {
            throw new IllegalArgumentException("warmTolerance is " + warmTolerance + ": it must be from 0 to 24 hours");
        }
    }

    private static void requireWeight(String owner, double weight) {
        if (!(weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT)) {
            throw new IllegalArgumentException("the weight of owner '" + owner + "' is " + weight + ": it must be from "
                    + LEAST_WEIGHT + " to " + MOST_WEIGHT);
        }
    }

    /**
     * Returns the default policy.
     *
     * @return all owners weigh 1, their jobs get equal parts, and a job may fall behind by five minutes of work for a warm scene
     */
    public static SharePolicy ofDefaults() {
        return new SharePolicy(Map.of(), WithinOwner.EQUAL, Duration.ofMinutes(5));
    }

    /**
     * Sets the weight of an owner.
     *
     * @param owner its name
     * @param weight 2 for twice as much as an owner of whom nothing is said; {@value #LEAST_WEIGHT} to {@value #MOST_WEIGHT}
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public SharePolicy weight(String owner, double weight) {
        Map<String, Double> more = new HashMap<>(weights);
        more.put(owner, weight);
        return new SharePolicy(more, withinOwner, warmTolerance);
    }

    /**
     * Sets how an owner's part is shared between its jobs.
     *
     * @param value how
     * @return a changed copy
     */
    public SharePolicy withinOwner(WithinOwner value) {
        return new SharePolicy(weights, value, warmTolerance);
    }

    /**
     * Sets how far a job may fall behind for a warm scene.
     *
     * @param value zero to a day
     * @return a changed copy
     * @throws IllegalArgumentException if it is out of range
     */
    public SharePolicy warmTolerance(Duration value) {
        return new SharePolicy(weights, withinOwner, value);
    }

    /**
     * Returns the weight of an owner.
     *
     * @param owner its name
     * @return 1 for one that is not named in {@link #weights}
     */
    public double weightOf(String owner) {
        return weights.getOrDefault(owner, 1.0);
    }
}
