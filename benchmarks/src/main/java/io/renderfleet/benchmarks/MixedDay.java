package io.renderfleet.benchmarks;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.testkit.sim.FrameCosts;
import io.renderfleet.testkit.sim.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A day of a farm that was drawn from a seed: four owners send jobs of all sizes, at any time, so that the farm is busy for three quarters
 * of the day.
 *
 * <p>10 nodes with speeds log-uniform over 1:8. A job has from 50 to 1,000 frames, which take from 20 to 200 s on average at speed 1, both
 * log-uniform; within a job frames are log-normal with sigma 0.5. The first owner sends half of the jobs, the second a quarter, and so on.
 * Each job has a scene of its own, which takes 10 s to load.
 *
 * @param speeds of the nodes
 * @param jobs in the order in which they come
 */
record MixedDay(List<Double> speeds, List<MixedDay.Job> jobs) {
    static final Duration LOAD = Duration.ofSeconds(10);
    private static final int NODES = 10;
    private static final int OWNERS = 4;
    private static final double BUSY = 0.75;
    private static final double DAY = Duration.ofDays(1).toSeconds();
    private static final double LEAST_FRAMES = 50;
    private static final double MOST_FRAMES = 1_000;
    private static final double LEAST_SECONDS = 20;
    private static final double MOST_SECONDS = 200;

    /**
     * A job.
     *
     * @param owner whose it is, from 1
     * @param at when it comes, in seconds
     * @param first its first frame: each has frames of its own
     * @param frames how many
     * @param costs what they take at speed 1
     */
    record Job(int owner, double at, int first, int frames, FrameCosts costs) {
        double work() {
            double work = 0;
            for (int frame = first; frame < first + frames; frame++) {
                work += costs.of(frame).toNanos() / 1e9;
            }
            return work;
        }

        private Submission submission() {
            RenderRequest request = RenderRequest.of(
                            Scene.onNodes("shot" + first + ".blend"), FrameSet.range(first, first + frames - 1))
                    .owner("owner" + owner);
            return new Submission(Duration.ofNanos((long) (at * 1e9)), request);
        }
    }

    static MixedDay draw(long seed) {
        List<Double> speeds = DrawnFarm.speeds(NODES, seed);
        double all = speeds.stream().mapToDouble(Double::doubleValue).sum();
        SplittableRandom random = new SplittableRandom(~seed);
        double mean = meanOf(LEAST_FRAMES, MOST_FRAMES) * meanOf(LEAST_SECONDS, MOST_SECONDS);
        double between = mean / (BUSY * all);
        List<Job> jobs = new ArrayList<>();
        int first = 1;
        for (double at = 0; at < DAY; at -= between * Math.log(1 - random.nextDouble())) {
            int owner = Math.min(OWNERS, 1 + Integer.numberOfTrailingZeros(random.nextInt() | 1 << OWNERS));
            int frames = (int) logUniform(random, LEAST_FRAMES, MOST_FRAMES);
            Duration each = Duration.ofNanos((long) (1e9 * logUniform(random, LEAST_SECONDS, MOST_SECONDS)));
            jobs.add(new Job(owner, at, first, frames, FrameCosts.logNormal(each, 0.5, seed)));
            first += frames;
        }
        return new MixedDay(speeds, List.copyOf(jobs));
    }

    private static double logUniform(SplittableRandom random, double least, double most) {
        return least * Math.pow(most / least, random.nextDouble());
    }

    private static double meanOf(double least, double most) {
        return (most - least) / Math.log(most / least);
    }

    FrameCosts costs() {
        TreeMap<Integer, FrameCosts> byFrame = new TreeMap<>();
        jobs.forEach(job -> byFrame.put(job.first(), job.costs()));
        return frame -> {
            Map.Entry<Integer, FrameCosts> job = byFrame.floorEntry(frame);
            return job.getValue().of(frame);
        };
    }

    List<Submission> submissions() {
        return jobs.stream().map(Job::submission).toList();
    }

    /** How long each job takes on an ideal farm, in seconds. */
    double[] fluid() {
        return new FluidShare(speeds)
                .times(jobs.stream()
                        .map(job -> new FluidShare.Job("owner" + job.owner(), 1, job.at(), job.work(), job.frames()))
                        .toList());
    }
}
