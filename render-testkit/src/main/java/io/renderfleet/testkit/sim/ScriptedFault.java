package io.renderfleet.testkit.sim;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of a fault that {@link Faults#at} or {@link Faults#next} scripts.
 *
 * @param fault which
 * @param at from which moment on, from the start of the farm
 * @param node which node, from 1; 0 for faults that the script ties to no node
 * @param call which sort of call; null for any, and for faults that do not strike calls to nodes
 * @param after how many calls it lets pass before
 * @param times how often the script wants it to strike
 * @param struck how often it struck
 */
public record ScriptedFault(
        Fault fault, Duration at, int node, @Nullable CallKind call, int after, int times, int struck) {

    /**
     * Returns whether the fault did all that the script wants. A crash of a node that is down already did not strike, nor did a storm in which
     * nobody called, nor a lost answer to a call that was never made.
     *
     * @return true if it struck as often as it should
     */
    public boolean hasStruck() {
        return struck >= times;
    }

    /** Gives one line. */
    @Override
    public String toString() {
        String where = call != null ? " of " + call : node > 0 ? " of node n" + node : "";
        return fault + where + ", from " + at + " on" + (after > 0 ? " after " + after : "") + ": struck " + struck
                + " of " + times + (times == 1 ? " time" : " times");
    }
}
