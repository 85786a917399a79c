package io.renderfleet.testkit.sim;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What frames cost.
 *
 * <p>The ready-made ones give the same frame the same cost each time it is asked, whatever was asked before.
 */
@FunctionalInterface
public interface FrameCosts {

    /**
     * Returns what a frame takes.
     *
     * @param frame the frame's number
     * @return how long a node of speed 1 renders it, positive
     */
    Duration of(int frame);

    /**
     * Returns all frames the same cost.
     *
     * @param each what each takes
     * @return the costs
     */
    static FrameCosts constant(Duration each) {
        return frame -> each;
    }

    /**
     * Gives costs that were measured, one for each frame from 1 on; beyond its end the list begins anew.
     *
     * @param costs at least one
     * @return the costs
     */
    static FrameCosts listed(List<Duration> costs) {
        List<Duration> kept = List.copyOf(costs);
        return frame -> kept.get(Math.floorMod(frame - 1, kept.size()));
    }

    /**
     * Gives costs as single pictures have them: independent of each other, log-normal.
     *
     * @param mean the mean cost
     * @param sigma the spread: the standard deviation of the logarithm; 0 for none, 1 for a wide one
     * @param seed which costs
     * @return the costs
     */
    static FrameCosts logNormal(Duration mean, double sigma, long seed) {
        double scale = mean.toNanos() * Math.exp(-sigma * sigma / 2);
        return frame -> {
            double gauss = new SplittableRandom(Randoms.mix(seed, frame)).nextGaussian();
            return Duration.ofNanos(Math.max(1_000, (long) (scale * Math.exp(sigma * gauss))));
        };
    }

    /**
     * Gives costs as an animation has them: log-normal over the whole, but much like those of the neighbouring frames.
     *
     * @param mean the mean cost
     * @param sigma the spread over the whole animation, as in {@link #logNormal}
     * @param frames over how many frames costs change from one level to another, such as the length of a shot; at least 1
     * @param seed which costs
     * @return the costs
     */
    static FrameCosts animation(Duration mean, double sigma, int frames, long seed) {
        double scale = mean.toNanos() * Math.exp(-sigma * sigma / 2);
        return frame -> {
            int knot = Math.floorDiv(frame, frames);
            double part = (double) Math.floorMod(frame, frames) / frames;
            double before = new SplittableRandom(Randoms.mix(seed, knot)).nextGaussian();
            double after = new SplittableRandom(Randoms.mix(seed, knot + 1)).nextGaussian();
            // Weights on a quarter circle keep the spread the same between the knots.
            double angle = part * Math.PI / 2;
            double gauss = before * Math.cos(angle) + after * Math.sin(angle);
            double own = new SplittableRandom(Randoms.mix(~seed, frame)).nextGaussian();
            return Duration.ofNanos(Math.max(1_000, (long) (scale * Math.exp(sigma * gauss + 0.05 * own))));
        };
    }
}
