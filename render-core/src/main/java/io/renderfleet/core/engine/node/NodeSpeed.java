package io.renderfleet.core.engine.node;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How fast a node is beside the others, learned from the frames that it rendered; see {@link LogEstimate}. Belongs to the loop.
 *
 * <p>A node that has rendered nothing is believed to be average, give or take a factor of e: two nodes in three of a farm whose fastest
 * is fifty times faster than its slowest.
 */
public final class NodeSpeed {
    private static final double UNKNOWN = 1;
    private static final double FADING = 0.001;
    private static final double FORGOTTEN = 0.05;
    private static final double SMOOTHING = 0.2;

    private LogEstimate speed = new LogEstimate(0, UNKNOWN);
    private int measured;
    private double secondsPerFrame;

    /** A node of which nothing is known yet. */
    public NodeSpeed() {}

    /**
     * Takes what was known of it when it was last here. Something may have changed since.
     *
     * @param earlier its speed then, or null
     */
    void was(@Nullable LogEstimate earlier) {
        if (earlier != null) {
            speed = new LogEstimate(earlier.mean(), Math.min(UNKNOWN, earlier.variance() + FORGOTTEN));
        }
    }

    /**
     * Takes a measured frame.
     *
     * @param surprise by how much longer it took than expected
     * @param actual what it took
     */
    public void frame(LogEstimate.Surprise surprise, Duration actual) {
        speed = speed.lessFast(surprise.robust()).fading(FADING, UNKNOWN);
        double weight = Math.max(SMOOTHING, 1.0 / (measured + 1));
        secondsPerFrame += weight * (Math.max(actual.toNanos(), 1_000) / 1e9 - secondsPerFrame);
        measured++;
    }

    /**
     * Returns the speed.
     *
     * @return how much faster than the average node, 1 before anything was measured
     */
    public double factor() {
        return speed.median();
    }

    /**
     * Returns the speed, and how surely it is known.
     *
     * @return the logarithm of {@link #factor}
     */
    public LogEstimate estimate() {
        return speed;
    }

    /**
     * Returns how much is known.
     *
     * @return how many frames were measured
     */
    public int frames() {
        return measured;
    }

    @Nullable Double framesPerSecond() {
        return measured == 0 || secondsPerFrame <= 0 ? null : 1 / secondsPerFrame;
    }
}
