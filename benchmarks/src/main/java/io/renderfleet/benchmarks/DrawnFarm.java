package io.renderfleet.benchmarks;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.testkit.sim.Fault;
import io.renderfleet.testkit.sim.Faults;
import io.renderfleet.testkit.sim.FrameCosts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A farm that was drawn from a seed.
 *
 * @param speeds of its nodes
 * @param startUp what the first batch of a scene costs on a node
 * @param costs what frames take at speed 1
 * @param frames how many frames each job has
 * @param jobs how many jobs; each has its own frames and its own scene
 * @param absences when which nodes are away
 */
record DrawnFarm(
        List<Double> speeds,
        Duration startUp,
        FrameCosts costs,
        int frames,
        int jobs,
        List<DrawnFarm.Absence> absences) {
    private static final Duration FOR_GOOD = Duration.ofDays(29);

    /**
     * A node is away.
     *
     * @param node from 1
     * @param from seconds
     * @param until seconds, infinite where it never comes back
     */
    record Absence(int node, double from, double until) {}

    /** A farm with one job of the usual length, on which a start costs 3 s. */
    static DrawnFarm of(List<Double> speeds, FrameCosts costs) {
        return new DrawnFarm(speeds, Duration.ofSeconds(3), costs, NamedFarm.frames(), 1, List.of());
    }

    /** Speeds log-uniform over 1:8. */
    static List<Double> speeds(int nodes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Double> speeds = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            speeds.add(Math.pow(8, random.nextDouble()));
        }
        return speeds;
    }

    /** Has one in so many nodes be away. */
    DrawnFarm absent(int oneIn, double from, double until) {
        List<Absence> away = new ArrayList<>();
        for (int node = oneIn; node <= speeds.size(); node += oneIn) {
            away.add(new Absence(node, from, until));
        }
        return new DrawnFarm(speeds, startUp, costs, frames, jobs, away);
    }

    Faults faults() {
        Faults faults = Faults.none();
        for (Absence away : absences) {
            Duration lasting =
                    away.until() == Double.POSITIVE_INFINITY ? FOR_GOOD : seconds(away.until() - away.from());
            faults = faults.at(seconds(away.from()), Fault.NODE_CRASH, away.node(), lasting);
        }
        return faults;
    }

    RenderRequest[] requests() {
        RenderRequest[] requests = new RenderRequest[jobs];
        for (int job = 0; job < jobs; job++) {
            requests[job] = RenderRequest.of(
                    Scene.onNodes("shot" + (job + 1) + ".blend"), FrameSet.range(job * frames + 1, (job + 1) * frames));
        }
        return requests;
    }

    /**
     * How long it takes at least, in seconds: until the nodes that are there can have done all work, and no less than the dearest frame on
     * the fastest node. A node does none before it has loaded a scene.
     */
    double bound() {
        double work = 0;
        double dearest = 0;
        for (int frame = 1; frame <= jobs * frames; frame++) {
            double cost = costs.of(frame).toNanos() / 1e9;
            work += cost;
            dearest = Math.max(dearest, cost);
        }
        double fastest = speeds.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        double least = 0;
        double most = work / fastest + 2 * startUp.toSeconds() + lastReturn();
        while (capacity(most) < work) {
            most *= 2;
        }
        while (most - least > 1e-3) {
            double middle = (least + most) / 2;
            if (capacity(middle) < work) {
                least = middle;
            } else {
                most = middle;
            }
        }
        return Math.max(most, dearest / fastest);
    }

    private double lastReturn() {
        return absences.stream()
                .mapToDouble(Absence::until)
                .filter(Double::isFinite)
                .max()
                .orElse(0);
    }

    /** How much work can be done by then, at most. */
    private double capacity(double by) {
        double work = 0;
        for (int node = 1; node <= speeds.size(); node++) {
            double there = by;
            for (Absence away : absences) {
                if (away.node() == node) {
                    there -= Math.max(0, Math.min(by, away.until()) - away.from());
                }
            }
            work += speeds.get(node - 1) * Math.max(0, there - startUp.toSeconds());
        }
        return work;
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }
}
