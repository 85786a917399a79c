package io.renderfleet.benchmarks;

import io.renderfleet.testkit.sim.Fault;
import io.renderfleet.testkit.sim.FaultSearch;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Breaks as many simulated farms as one likes, and says whether the engine kept what it promises. Tells the seed and the shortest trace
 * that was found where it did not, of ten seeds at most, and ends with exit code 1 then. In the end it says how often each kind of fault
 * struck; where one never did in a thousand farms or more, the search does not try what it should, and the exit code is 1 too.
 *
 * <pre>
 * mvn -q -pl benchmarks -am package -DskipTests exec:exec -Dbenchmark="io.renderfleet.benchmarks.FaultSearchRun 1 10000"
 * </pre>
 *
 * <p>Arguments: the first seed (default 1), and how many farms (default 10,000).
 */
public final class FaultSearchRun {
    private static final long AT_A_TIME = 1_000;
    private static final int MOST_TOLD = 10;

    /** In so many farms each kind of fault strikes. */
    private static final long ENOUGH = 1_000;

    private FaultSearchRun() {}

    /**
     * Runs the farms.
     *
     * @param args the first seed, and how many
     */
    public static void main(String[] args) {
        long first = args.length > 0 ? Long.parseLong(args[0]) : 1;
        long count = args.length > 1 ? Long.parseLong(args[1]) : 10_000;
        // What the engine warns of here is what is done to it.
        System.setProperty("benchmark.log", "OFF");
        int broken = 0;
        long farms = 0;
        Map<Fault, Long> struck = new EnumMap<>(Fault.class);
        while (farms < count && broken < MOST_TOLD) {
            long began = System.nanoTime();
            FaultSearch.Findings found = FaultSearch.search(first + farms, Math.min(AT_A_TIME, count - farms));
            System.out.printf(
                    Locale.ROOT,
                    "seeds %d to %d: %d steps, jobs %s, %.1f s%n",
                    first + farms,
                    first + farms + found.farms() - 1,
                    found.steps(),
                    found.jobs(),
                    (System.nanoTime() - began) / 1e9);
            found.faults().forEach((fault, times) -> struck.merge(fault, times, Long::sum));
            if (found.failure().isPresent()) {
                System.out.println(found.failure().get().getMessage());
                broken++;
            }
            farms += found.farms();
        }
        System.out.println("faults that struck:");
        for (Fault fault : Fault.values()) {
            System.out.printf(Locale.ROOT, "  %-20s %,12d%n", fault, struck.getOrDefault(fault, 0L));
        }
        System.out.println(broken == 0 ? "nothing was broken" : broken + " seeds break something");
        Set<Fault> idle = EnumSet.allOf(Fault.class);
        idle.removeAll(struck.keySet());
        boolean blind = farms >= ENOUGH && !idle.isEmpty();
        if (blind) {
            System.out.println("never struck in " + farms + " farms, so nothing was tried of " + idle);
        }
        System.exit(broken == 0 && !blind ? 0 : 1);
    }
}
