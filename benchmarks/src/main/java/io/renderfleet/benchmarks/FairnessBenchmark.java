package io.renderfleet.benchmarks;

import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.policy.SharePolicy;
import io.renderfleet.core.split.BatchSplitters;
import io.renderfleet.testkit.sim.NodeSpec;
import io.renderfleet.testkit.sim.SimulatedFarm;
import io.renderfleet.testkit.sim.SimulationReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * How near the jobs of a {@link MixedDay} come to {@link FluidShare}, on simulated farms with the real engine, policies side by side on the
 * same days.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="io.renderfleet.benchmarks.FairnessBenchmark 100"
 * </pre>
 *
 * <p>Arguments: how many days (default 100), or their seeds ({@code 1001-1020}), then which policies by their first words (default all).
 */
public final class FairnessBenchmark {
    private static final Duration LATENCY = Duration.ofMillis(50);
    private static final double NOISE = 0.1;

    /** What came of a day. */
    private record Day(double mean, double tail, double loads) {}

    private FairnessBenchmark() {}

    /**
     * Prints the table.
     *
     * @param args how many days, and which policies
     */
    public static void main(String[] args) {
        Seeds seeds = Seeds.parse(args.length > 0 ? args[0] : "100");
        List<String> wanted = Arrays.asList(args).subList(Math.min(1, args.length), args.length);
        System.out.printf(
                "%-24s %5s | %26s | %26s | %9s %8s%n",
                "policy", "days", "mean of time over fluid", "95th percentile over", "loads/job", "seconds");
        print("free node pulls 5", wanted, seeds, FairnessBenchmark::pulling);
        print("adaptive", wanted, seeds, engine -> engine.splitter(BatchSplitters.adaptive()));
        print(
                "no warm tolerance",
                wanted,
                seeds,
                engine -> engine.splitter(BatchSplitters.adaptive())
                        .shares(SharePolicy.ofDefaults().warmTolerance(Duration.ZERO)));
        print(
                "shortest first",
                wanted,
                seeds,
                engine -> engine.splitter(BatchSplitters.adaptive())
                        .shares(SharePolicy.ofDefaults().withinOwner(SharePolicy.WithinOwner.SHORTEST_FIRST)));
    }

    private static void pulling(RenderExecutorBuilder engine) {
        engine.splitter(BatchSplitters.fixed(5)).balance(BalancePolicy.none());
    }

    private static Day run(long seed, Consumer<RenderExecutorBuilder> engine) {
        MixedDay day = MixedDay.draw(seed);
        SimulatedFarm.Builder farm = SimulatedFarm.builder()
                .seed(seed)
                .frames(day.costs())
                .latency(LATENCY)
                .progressNoise(NOISE)
                .checks(false)
                .engine(engine.andThen(builder -> builder.fetches(1_000)));
        day.speeds().forEach(speed -> farm.node(NodeSpec.ofSpeed(speed).startUp(MixedDay.LOAD)));
        SimulationReport report = farm.build().run(day.submissions());
        report.results().forEach(result -> result.orThrow());
        double[] ideal = day.fluid();
        double[] times = report.times().stream()
                .mapToDouble(time -> time.toNanos() / 1e9)
                .toArray();
        double ratios = 0;
        for (int i = 0; i < times.length; i++) {
            ratios += times[i] / ideal[i];
        }
        return new Day(
                ratios / times.length,
                Seeds.quantile(times, 0.95) / Seeds.quantile(ideal, 0.95),
                (double) report.loads() / times.length);
    }

    private static void print(String name, List<String> wanted, Seeds seeds, Consumer<RenderExecutorBuilder> engine) {
        if (!wanted.isEmpty() && wanted.stream().noneMatch(name::startsWith)) {
            return;
        }
        long began = System.nanoTime();
        List<Day> days = new ArrayList<>();
        seeds.forEach(seed -> days.add(run(seed, engine)));
        System.out.printf(
                Locale.ROOT,
                "%-24s %5d | %s | %s | %9.1f %8.1f%n",
                name,
                days.size(),
                spread(days, Day::mean),
                spread(days, Day::tail),
                days.stream().mapToDouble(Day::loads).average().orElse(0),
                (System.nanoTime() - began) / 1e9);
    }

    private static String spread(List<Day> days, ToDoubleFunction<Day> of) {
        double[] values = days.stream().mapToDouble(of).toArray();
        return String.format(
                Locale.ROOT,
                "%8.3f %8.3f %8.3f",
                Seeds.quantile(values, 0.5),
                Seeds.quantile(values, 0.95),
                Seeds.quantile(values, 1));
    }
}
