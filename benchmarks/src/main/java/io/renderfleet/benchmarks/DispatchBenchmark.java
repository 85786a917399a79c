package io.renderfleet.benchmarks;

import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.split.BatchSplitters;
import io.renderfleet.testkit.sim.FrameCosts;
import io.renderfleet.testkit.sim.NodeSpec;
import io.renderfleet.testkit.sim.SimulatedFarm;
import io.renderfleet.testkit.sim.SimulationReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * How near dispatch comes to what is possible: makespan over its lower bound on simulated farms, policies side by side on the same
 * farms.
 *
 * <p>Nodes have speeds log-uniform over 1:8; a cold batch costs 3 s, a warm one nothing; messages take 50 ms, and told progress is wrong
 * by 10 %. Frames take 10 s on average at speed 1, log-normal with sigma 1, independent of each other or following their neighbours'.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="io.renderfleet.benchmarks.DispatchBenchmark 100"
 * </pre>
 *
 * <p>Arguments: how many farms of each sort (default 100; of the largest a tenth), or their seeds ({@code 1001-1020}), then which sorts
 * ({@code 100x10000}, or the name of one of {@link NamedFarm}, such as {@code bimodal}; {@code named} for all of those; default all).
 */
public final class DispatchBenchmark {
    private static final Duration MEAN = Duration.ofSeconds(10);
    private static final Duration START_UP = Duration.ofSeconds(3);
    private static final Duration LATENCY = Duration.ofMillis(50);
    private static final double NOISE = 0.1;
    private static final int SHOT = 100;

    /** A sort of farm. */
    private record Sort(int nodes, int frames, boolean animation) {
        String name() {
            return nodes + "x" + frames + (animation ? "-animation" : "");
        }
    }

    /** What came of a farm under a policy. */
    private record Outcome(double ratio, double extraWork, double requestsABatch, double loads) {}

    /** How a farm of each seed fares. */
    private interface Policy {
        Outcome run(long seed);
    }

    private DispatchBenchmark() {}

    /**
     * Prints the table.
     *
     * @param args how many farms, and which sorts
     */
    public static void main(String[] args) {
        Seeds seeds = Seeds.parse(args.length > 0 ? args[0] : "100");
        List<String> wanted = Arrays.asList(args).subList(Math.min(1, args.length), args.length);
        List<Sort> sorts = List.of(
                new Sort(100, 10_000, false),
                new Sort(3, 60, false),
                new Sort(10, 240, false),
                new Sort(1_000, 100_000, false),
                new Sort(100, 10_000, true),
                new Sort(10, 240, true));
        System.out.printf(
                "%-20s %-24s %6s %8s %8s %8s %8s %8s %8s %8s%n",
                "farm", "policy", "farms", "median", "p95", "worst", "extra", "req/bat", "loads", "seconds");
        for (Sort sort : sorts) {
            if (wanted.isEmpty() || wanted.contains(sort.name())) {
                Seeds some = sort.frames() >= 100_000 ? seeds.tenth() : seeds;
                print(sort.name(), "round-robin, static 5", some, seed -> roundRobin(sort, seed));
                print(sort.name(), "free node pulls 5", some, seed -> onFarm(sort, seed, DispatchBenchmark::pulling));
                print(sort.name(), "adaptive", some, seed -> onFarm(sort, seed, DispatchBenchmark::adaptive));
            }
        }
        for (NamedFarm named : NamedFarm.values()) {
            if (wanted.isEmpty() || wanted.contains(named.label()) || wanted.contains("named")) {
                print(
                        named.label(),
                        "free node pulls 5",
                        seeds,
                        seed -> onFarm(named, seed, DispatchBenchmark::pulling));
                print(named.label(), "adaptive", seeds, seed -> onFarm(named, seed, DispatchBenchmark::adaptive));
            }
        }
    }

    private static void pulling(RenderExecutorBuilder engine) {
        engine.splitter(BatchSplitters.fixed(5)).balance(BalancePolicy.none());
    }

    private static void adaptive(RenderExecutorBuilder engine) {
        engine.splitter(BatchSplitters.adaptive());
    }

    private static Outcome onFarm(NamedFarm named, long seed, Consumer<RenderExecutorBuilder> engine) {
        DrawnFarm drawn = named.draw(seed);
        SimulatedFarm.Builder farm = farm(drawn.costs(), seed, engine).faults(drawn.faults());
        drawn.speeds().forEach(speed -> farm.node(NodeSpec.ofSpeed(speed).startUp(drawn.startUp())));
        SimulationReport report = farm.build().run(drawn.requests());
        return outcome(report, report.makespan().toNanos() / 1e9 / drawn.bound());
    }

    private static Outcome onFarm(Sort sort, long seed, Consumer<RenderExecutorBuilder> engine) {
        SimulatedFarm.Builder farm = farm(costs(sort, seed), seed, engine);
        DrawnFarm.speeds(sort.nodes(), seed)
                .forEach(speed -> farm.node(NodeSpec.ofSpeed(speed).startUp(START_UP)));
        SimulationReport report =
                farm.build().run(RenderRequest.of(Scene.onNodes("shot.blend"), FrameSet.range(1, sort.frames())));
        return outcome(report, report.ratio());
    }

    private static SimulatedFarm.Builder farm(FrameCosts costs, long seed, Consumer<RenderExecutorBuilder> engine) {
        return SimulatedFarm.builder()
                .seed(seed)
                .frames(costs)
                .latency(LATENCY)
                .progressNoise(NOISE)
                .checks(false)
                .engine(engine.andThen(builder -> builder.fetches(1_000)));
    }

    private static Outcome outcome(SimulationReport report, double ratio) {
        report.results().forEach(result -> result.orThrow());
        return new Outcome(
                ratio, Math.max(0, report.extraWork()), (double) report.requests() / report.batches(), report.loads());
    }

    /** Batches of 5 are dealt out in turn before anything begins; each node works off what it was dealt. */
    private static Outcome roundRobin(Sort sort, long seed) {
        FrameCosts costs = costs(sort, seed);
        List<Double> speeds = DrawnFarm.speeds(sort.nodes(), seed);
        double[] ends = new double[speeds.size()];
        double total = 0;
        double dearest = 0;
        double roundTrip = 2 * LATENCY.toNanos() / 1e9;
        for (int frame = 1; frame <= sort.frames(); frame++) {
            int node = (frame - 1) / 5 % ends.length;
            double cost = costs.of(frame).toNanos() / 1e9;
            total += cost;
            dearest = Math.max(dearest, cost);
            ends[node] += cost / speeds.get(node) + ((frame - 1) % 5 == 0 ? roundTrip : 0);
        }
        double speed = speeds.stream().mapToDouble(Double::doubleValue).sum();
        double fastest = speeds.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        double makespan = Arrays.stream(ends).max().orElseThrow() + START_UP.toSeconds();
        return new Outcome(makespan / Math.max(total / speed, dearest / fastest), 0, 0, speeds.size());
    }

    private static FrameCosts costs(Sort sort, long seed) {
        return sort.animation() ? FrameCosts.animation(MEAN, 1, SHOT, seed) : FrameCosts.logNormal(MEAN, 1, seed);
    }

    private static void print(String sort, String name, Seeds seeds, Policy policy) {
        long began = System.nanoTime();
        List<Outcome> outcomes = new ArrayList<>();
        seeds.forEach(seed -> outcomes.add(policy.run(seed)));
        double[] ratios = outcomes.stream().mapToDouble(Outcome::ratio).toArray();
        System.out.printf(
                Locale.ROOT,
                "%-20s %-24s %6d %8.3f %8.3f %8.3f %7.1f%% %8.1f %8.1f %8.1f%n",
                sort,
                name,
                outcomes.size(),
                Seeds.quantile(ratios, 0.5),
                Seeds.quantile(ratios, 0.95),
                Seeds.quantile(ratios, 1),
                100 * outcomes.stream().mapToDouble(Outcome::extraWork).max().orElse(0),
                outcomes.stream().mapToDouble(Outcome::requestsABatch).average().orElse(0),
                outcomes.stream().mapToDouble(Outcome::loads).average().orElse(0),
                (System.nanoTime() - began) / 1e9);
    }
}
