package io.renderfleet.testkit.sim;

import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Searches for a seed under which the engine breaks what it promises: small farms with one to six nodes, one to four jobs, and a mix of all
 * faults. It makes a failure as small as possible by leaving out faults, nodes, jobs, frames and time, and reports it with its trace.
 *
 * <p>An own splitter is tried so:
 *
 * <pre>{@code
 * FaultSearch.search(1, 1_000, engine -> engine.splitter(mine)).failure().ifPresent(failure -> {
 *     throw failure;
 * });
 * }</pre>
 */
public final class FaultSearch {
    private static final int LINES_TOLD = 2_000;

    /** Faults that end sooner are not worth making them end sooner still. */
    private static final Duration SHORTEST = Duration.ofSeconds(5);

    private FaultSearch() {}

    /**
     * What a search has seen.
     *
     * @param farms how many farms ran
     * @param steps how many steps these took
     * @param jobs how many jobs ended in which state
     * @param faults how often each kind of fault struck
     * @param failure what was broken first, if anything was; its message has the seed and the shortest trace that was found
     */
    public record Findings(
            long farms,
            long steps,
            Map<JobState, Long> jobs,
            Map<Fault, Long> faults,
            Optional<SimulationFailure> failure) {}

    /**
     * Runs one farm after another until one breaks.
     *
     * @param firstSeed the seed of the first
     * @param count how many
     * @return what was seen
     */
    public static Findings search(long firstSeed, long count) {
        return search(firstSeed, count, engine -> {});
    }

    /**
     * Runs one farm after another until one breaks.
     *
     * @param firstSeed the seed of the first
     * @param count how many
     * @param engine sets each engine up, such as its splitter and its policies, after what the farm itself has set; called for each
     *     coordinator that is started
     * @return what was seen
     */
    public static Findings search(long firstSeed, long count, Consumer<RenderExecutorBuilder> engine) {
        Map<JobState, Long> jobs = new EnumMap<>(JobState.class);
        Map<Fault, Long> faults = new EnumMap<>(Fault.class);
        long steps = 0;
        for (long i = 0; i < count; i++) {
            MixedFarm farm = MixedFarm.of(firstSeed + i).engine(engine);
            SimulationReport report;
            try {
                report = farm.run(false);
            } catch (SimulationFailure e) {
                return new Findings(i + 1, steps, Map.copyOf(jobs), Map.copyOf(faults), Optional.of(smallest(farm, e)));
            }
            steps += report.steps();
            report.faults().forEach((fault, times) -> faults.merge(fault, times, Long::sum));
            for (RenderResult result : report.results()) {
                jobs.merge(result.state(), 1L, Long::sum);
            }
        }
        return new Findings(count, steps, Map.copyOf(jobs), Map.copyOf(faults), Optional.empty());
    }

    private static SimulationFailure smallest(MixedFarm found, SimulationFailure first) {
        MixedFarm farm = found;
        SimulationFailure failure = first;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (MixedFarm candidate : smallerOnes(farm)) {
                SimulationFailure still = failureOf(candidate, false);
                if (still != null && isAlike(first, still)) {
                    farm = candidate;
                    failure = still;
                    smaller = true;
                    break;
                }
            }
        }
        SimulationFailure told = failureOf(farm, true);
        List<String> trace = told == null ? List.of() : told.trace();
        List<String> end = trace.subList(Math.max(0, trace.size() - LINES_TOLD), trace.size());
        return new SimulationFailure(
                failure.getMessage() + "\nfirst seen: " + first.getMessage() + "\nfarm: " + farm + "\n"
                        + (end.size() < trace.size()
                                ? "the last " + end.size() + " of " + trace.size() + " lines:\n"
                                : "")
                        + String.join("\n", end),
                trace);
    }

    /** The same sort of failure: a smaller farm that breaks something else would hide what was found. */
    private static boolean isAlike(SimulationFailure one, SimulationFailure other) {
        return sort(one).equals(sort(other));
    }

    private static String sort(SimulationFailure failure) {
        return String.valueOf(failure.getMessage()).replaceAll("[n0-9,:-]+", "").substring(0, 12);
    }

    private static List<MixedFarm> smallerOnes(MixedFarm farm) {
        List<MixedFarm> all = new ArrayList<>();
        int nodes = farm.actualNodes();
        int jobs = farm.actualJobs();
        int frames = farm.frames();
        if (farm.hands()) {
            all.add(farm.withoutHands());
        }
        if (farm.pool()) {
            all.add(farm.withoutPool());
        }
        farm.faultsThatAreOn().forEach(fault -> all.add(farm.without(fault)));
        for (int fewer = 1; fewer < nodes; fewer++) {
            all.add(farm.atMost(fewer, jobs, frames));
        }
        for (int fewer = 1; fewer < jobs; fewer++) {
            all.add(farm.atMost(nodes, fewer, frames));
        }
        for (int fewer : List.of(1, frames / 4, frames / 2, frames - 1)) {
            if (fewer > 0 && fewer < frames) {
                all.add(farm.atMost(nodes, jobs, fewer));
            }
        }
        Duration end = farm.faultsEnd();
        if (!end.isZero()) {
            all.add(farm.until(Duration.ZERO));
        }
        if (end.compareTo(SHORTEST) > 0) {
            List.of(25, 50, 75, 90)
                    .forEach(part -> all.add(farm.until(end.multipliedBy(part).dividedBy(100))));
        }
        return all;
    }

    private static @Nullable SimulationFailure failureOf(MixedFarm farm, boolean trace) {
        try {
            farm.run(trace);
            return null;
        } catch (SimulationFailure e) {
            return e;
        }
    }
}
