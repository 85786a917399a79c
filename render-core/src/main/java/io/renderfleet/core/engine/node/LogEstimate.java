package io.renderfleet.core.engine.node;

/**
 * What is believed of the logarithm of a positive quantity, and how surely: a normal distribution. Immutable.
 *
 * <p>A frame of a job takes {@code exp(level - speed + noise)} seconds. The level belongs to the job, the speed to the node, and the noise,
 * whose variance is the job's spread, to the frame. Level and speed are each believed to lie around a mean with a variance, so a frame's
 * logarithm is expected at {@code level.mean - speed.mean} with the variance {@code S = level.variance + speed.variance + spread}. The
 * {@link Surprise} is what it took beyond that. Of it the level takes the part {@code level.variance / S} and the speed, downwards,
 * {@code speed.variance / S}; the rest was the frame's own. Both variances shrink by the same parts. This is the update of a Kalman filter
 * (Kalman, A New Approach to Linear Filtering and Prediction Problems, 1960), here without the covariances between jobs and nodes, which
 * would need a row for each pair.
 *
 * <p>Everything is on the logarithmic scale. The arithmetic mean lies above the geometric one by half of the spread. If it were what
 * logarithms are compared with, each frame would make its node seem faster, and the level would rise with the speeds, without end.
 *
 * <p>Three things keep it honest. What is learned fades, since nodes and shots change: a variance grows with each frame. A speed also
 * returns a little to that of the average node ({@link #fading}), because only differences of speeds can be seen: without that, all speeds
 * and the level could wander off together. And a surprise counts up to three standard deviations only (Huber, Robust Estimation of a
 * Location Parameter, 1964), so that one odd frame does not condemn a node.
 *
 * @param mean of the logarithm
 * @param variance of the logarithm, positive
 */
public record LogEstimate(double mean, double variance) {
    private static final double MOST_DEVIATIONS = 3;

    /**
     * By how much longer than expected something took.
     *
     * @param excess in logarithms, negative if it took less time
     * @param variance the variance that it was expected to have
     */
    public record Surprise(double excess, double variance) {

        /**
         * Limits it to three standard deviations.
         *
         * @return what an estimate should learn from it
         */
        public Surprise robust() {
            double most = MOST_DEVIATIONS * Math.sqrt(variance);
            return new Surprise(Math.max(-most, Math.min(most, excess)), variance);
        }

        /**
         * Takes it for what is known so far of something that still runs: the time that it will have taken is at least this much. Its mean
         * is that of the normal distribution cut off below, {@code deviation * phi(z) / (1 - Phi(z))}.
         *
         * @return the surprise to expect by its end, larger than zero and larger than this one
         */
        public Surprise soFar() {
            double deviation = Math.sqrt(variance);
            return new Surprise(deviation * hazard(excess / deviation), variance);
        }
    }

    /**
     * Sums up what is expected of a frame.
     *
     * @param seconds what it took, positive
     * @param level of the job
     * @param speed of the node
     * @param spread the variance of the frames of the job
     * @return what is news in it
     */
    public static Surprise surprise(double seconds, LogEstimate level, LogEstimate speed, double spread) {
        double expected = level.mean - speed.mean;
        return new Surprise(Math.log(seconds) - expected, level.variance + speed.variance + spread);
    }

    /**
     * Learns that something took longer where this adds to the time, as a job's level does.
     *
     * @param surprise by how much
     * @return what is believed then
     */
    public LogEstimate slower(Surprise surprise) {
        double part = variance / surprise.variance();
        return new LogEstimate(mean + part * surprise.excess(), variance * (1 - part));
    }

    /**
     * Learns that something took longer where this takes from the time, as a node's speed does.
     *
     * @param surprise by how much
     * @return what is believed then
     */
    public LogEstimate lessFast(Surprise surprise) {
        double part = variance / surprise.variance();
        return new LogEstimate(mean - part * surprise.excess(), variance * (1 - part));
    }

    /**
     * Lets it become less sure.
     *
     * @param more by how much the variance grows
     * @return what is believed then
     */
    public LogEstimate drifting(double more) {
        return new LogEstimate(mean, variance + more);
    }

    /**
     * Lets it return a little to what is believed of something unknown.
     *
     * @param part how much of the way, 0 to 1
     * @param unknown the variance around zero of what is unknown
     * @return what is believed then
     */
    LogEstimate fading(double part, double unknown) {
        double kept = 1 - part;
        return new LogEstimate(kept * mean, kept * kept * variance + (1 - kept * kept) * unknown);
    }

    /**
     * Returns the quantity itself.
     *
     * @return its median
     */
    public double median() {
        return Math.exp(mean);
    }

    /** The density of the standard normal distribution over what lies above; Mills' ratio turned round. */
    static double hazard(double z) {
        if (z > 2) {
            // Laplace's continued fraction (Abramowitz and Stegun 26.2.14).
            double below = z;
            for (int k = 24; k >= 1; k--) {
                below = z + k / below;
            }
            return below;
        }
        double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
        return density / upperTail(z);
    }

    /** Abramowitz and Stegun 26.2.17, to 7.5e-8. */
    private static double upperTail(double z) {
        double t = 1 / (1 + 0.2316419 * Math.abs(z));
        double sum = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        double tail = sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
        return z < 0 ? 1 - tail : tail;
    }
}
