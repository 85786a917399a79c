package io.renderfleet.benchmarks;

import io.renderfleet.testkit.sim.FrameCosts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Farms that are hard in one way each: 20 nodes, 500 frames.
 *
 * <p>Unless a farm says otherwise, speeds are log-uniform over 1:8, the first batch of a scene costs 3 s more, and frames take 10 s on
 * average at speed 1, log-normal with sigma 0.5.
 */
enum NamedFarm {
    /** Nine frames in ten take 2 s and one in ten a minute, in runs of 20. */
    BIMODAL,
    /** One node is 50 times slower than the average one. */
    SLOW_NODE,
    /** Every second node joins after a quarter of the time that all of them would take. */
    LATE_NODES,
    /** Every third node dies after half of the time that all of them would take. */
    DYING_NODES,
    /** The last frame is a hundred times as dear as the mean. */
    DEAR_LAST,
    /** Five jobs of 400 frames and the same rank, each with a scene of its own that takes a minute to load. */
    FIVE_SCENES;

    private static final int NODES = 20;
    private static final int FRAMES = 500;
    private static final int RUN = 20;
    private static final Duration MEAN = Duration.ofSeconds(10);

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    DrawnFarm draw(long seed) {
        DrawnFarm all = DrawnFarm.of(speeds(seed), usual(seed));
        return switch (this) {
            case BIMODAL -> DrawnFarm.of(speeds(seed), bimodal(seed));
            case SLOW_NODE -> DrawnFarm.of(slowNode(seed), usual(seed));
            case LATE_NODES -> all.absent(2, 0, all.bound() / 4);
            case DYING_NODES -> all.absent(3, all.bound() / 2, Double.POSITIVE_INFINITY);
            case DEAR_LAST -> DrawnFarm.of(speeds(seed), dearLast(seed));
            case FIVE_SCENES -> new DrawnFarm(speeds(seed), Duration.ofMinutes(1), usual(seed), 400, 5, List.of());
        };
    }

    private static List<Double> speeds(long seed) {
        return DrawnFarm.speeds(NODES, seed);
    }

    private static List<Double> slowNode(long seed) {
        List<Double> speeds = new ArrayList<>(speeds(seed));
        double mean = speeds.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        speeds.set(NODES - 1, mean / 50);
        return speeds;
    }

    private static FrameCosts usual(long seed) {
        return FrameCosts.logNormal(MEAN, 0.5, seed);
    }

    private static FrameCosts bimodal(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Duration> costs = new ArrayList<>();
        while (costs.size() < FRAMES) {
            Duration cost = Duration.ofSeconds(random.nextInt(10) == 0 ? 60 : 2);
            for (int i = 0; i < RUN; i++) {
                costs.add(cost);
            }
        }
        return FrameCosts.listed(costs);
    }

    private static FrameCosts dearLast(long seed) {
        FrameCosts usual = usual(seed);
        return frame -> frame == FRAMES ? MEAN.multipliedBy(100) : usual.of(frame);
    }

    /** How many frames a farm with one job renders. */
    static int frames() {
        return FRAMES;
    }
}
