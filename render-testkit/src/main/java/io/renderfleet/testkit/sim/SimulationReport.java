package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.RenderResult;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a simulated farm has done.
 *
 * @param seed which run it was
 * @param results how the jobs ended, in the order of their requests
 * @param times from the submission of each job to its end, in the same order
 * @param makespan from the first submission to the end of the last job
 * @param lowerBound how long it takes at least: the larger of all work on all nodes at once, and the dearest frame on the fastest node
 * @param neededWork what the frames cost, in time at speed 1
 * @param doneWork what nodes rendered, also in vain, in time at speed 1
 * @param batches how many batches were handed to nodes
 * @param loads how many of them began with loading the scene, because their slot had rendered another one last, or none
 * @param calls how many calls the coordinators made, by kind
 * @param faults how often each kind of fault struck, where it did something: a crash of a node that is down already does not count
 * @param scripted what became of each fault that was scripted, in the order of the script
 * @param steps how many steps the simulation took
 * @param trace what happened, a line each; empty unless asked for
 */
public record SimulationReport(
        long seed,
        List<RenderResult> results,
        List<Duration> times,
        Duration makespan,
        Duration lowerBound,
        Duration neededWork,
        Duration doneWork,
        long batches,
        long loads,
        Map<CallKind, Long> calls,
        Map<Fault, Long> faults,
        List<ScriptedFault> scripted,
        long steps,
        List<String> trace) {

    /** Copies the lists. */
    public SimulationReport {
        results = List.copyOf(results);
        times = List.copyOf(times);
        trace = List.copyOf(trace);
        scripted = List.copyOf(scripted);
        calls = Collections.unmodifiableMap(new TreeMap<>(calls));
        faults = Collections.unmodifiableMap(new TreeMap<>(faults));
    }

    /**
     * Returns which parts of the script did not happen. A test that scripts faults tests nothing where one of them is here.
     *
     * @return the scripted faults that struck less often than they should; empty if all struck
     */
    public List<ScriptedFault> missed() {
        return scripted.stream().filter(fault -> !fault.hasStruck()).toList();
    }

    SimulationReport struckBy(Map<Fault, Long> allFaults, List<ScriptedFault> allScripted) {
        return new SimulationReport(
                seed,
                results,
                times,
                makespan,
                lowerBound,
                neededWork,
                doneWork,
                batches,
                loads,
                calls,
                allFaults,
                allScripted,
                steps,
                trace);
    }

    /**
     * Returns how good the dispatch was.
     *
     * @return makespan over lower bound, 1 or more where nothing was served from elsewhere
     */
    public double ratio() {
        return (double) makespan.toNanos() / Math.max(1, lowerBound.toNanos());
    }

    /**
     * Returns how much was rendered in vain.
     *
     * @return the part of the needed work that was done beyond it, 0 for none
     */
    public double extraWork() {
        return (double) doneWork.minus(neededWork).toNanos() / Math.max(1, neededWork.toNanos());
    }

    /**
     * Returns how much was asked.
     *
     * @return all calls of coordinators to nodes
     */
    public long requests() {
        return calls.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Gives one line. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "seed %d: %.1f s, %.2f times the lower bound, %.1f %% extra work, %d batches, %d requests",
                seed,
                makespan.toNanos() / 1e9,
                ratio(),
                100 * extraWork(),
                batches,
                requests());
    }
}
