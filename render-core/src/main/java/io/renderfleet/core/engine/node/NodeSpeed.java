package io.renderfleet.core.engine.node;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How fast a node is beside the others, learned from the frames that it rendered. Belongs to the loop.
 *
 * <p>For each frame the time it took is held against what the average node takes for that job; the ratio is smoothed on a
 * logarithmic scale, so that half as fast and twice as fast weigh the same.
 */
public final class NodeSpeed {
    private static final double SMOOTHING = 0.2;
    private static final double LIMIT = 64;

    private double logSpeed;
    private int measured;
    private double secondsPerFrame;

    NodeSpeed() {}

    /**
     * Takes a measured frame.
     *
     * @param expected what a node of speed 1 takes for a frame of that job
     * @param actual what this one took
     */
    public void frame(Duration expected, Duration actual) {
        double took = Math.max(actual.toNanos(), 1_000) / 1e9;
        double ratio = Math.max(expected.toNanos(), 1_000) / 1e9 / took;
        double sample = Math.log(Math.max(1 / LIMIT, Math.min(LIMIT, ratio)));
        double weight = Math.max(SMOOTHING, 1.0 / (measured + 1));
        logSpeed += weight * (sample - logSpeed);
        secondsPerFrame += weight * (took - secondsPerFrame);
        measured++;
    }

    /**
     * Returns the speed.
     *
     * @return how much faster than the average node, 1 before anything was measured
     */
    public double factor() {
        return Math.exp(logSpeed);
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
