package io.renderfleet.testkit.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which faults strike a simulated farm: at random with a rate, or at set times.
 *
 * <p>Immutable. Each kind of fault has a random stream of its own, so that leaving one out does not move the others.
 */
public final class Faults {
    private static final Faults NONE = new Faults(Map.of(), List.of(), Duration.ofMinutes(30));

    private final Map<Fault, Double> rates;
    private final List<Planned> planned;
    private final Duration until;

    /** A fault that strikes at a set time. */
    record Planned(
            Fault fault,
            Duration at,
            int node,
            Duration lasting,
            @Nullable CallKind call,
            int after,
            int count) {}

    private Faults(Map<Fault, Double> rates, List<Planned> planned, Duration until) {
        this.rates = rates;
        this.planned = List.copyOf(planned);
        this.until = until;
    }

    /**
     * Returns a farm in which nothing goes wrong.
     *
     * @return no faults; random ones that are added end after half an hour
     */
    public static Faults none() {
        return NONE;
    }

    /**
     * Has a fault strike at random.
     *
     * @param fault which
     * @param rate the probability at each opportunity, or the number an hour, as {@link Fault#isPerHour()} says; 0 for never
     * @return a changed copy
     * @throws IllegalArgumentException if the rate is negative, or a probability above 1
     */
    public Faults rate(Fault fault, double rate) {
        if (!(rate >= 0) || (!fault.isPerHour() && rate > 1)) {
            throw new IllegalArgumentException("rate of " + fault + " is " + rate
                    + (fault.isPerHour() ? ": it must not be negative" : ": it must be from 0 to 1"));
        }
        Map<Fault, Double> changed = new EnumMap<>(Fault.class);
        changed.putAll(rates);
        changed.put(fault, rate);
        return new Faults(Collections.unmodifiableMap(changed), planned, until);
    }

    /**
     * Has a fault of a node, or of the coordinator, strike at a set time.
     *
     * @param at when, from the start
     * @param fault one that is drawn by the hour
     * @param node which node, from 1; without meaning for faults of the coordinator and its store
     * @param lasting for how long; for a clock jump how far
     * @return a changed copy
     * @throws IllegalArgumentException if the fault is one of a call
     */
    public Faults at(Duration at, Fault fault, int node, Duration lasting) {
        if (!fault.isPerHour()) {
            throw new IllegalArgumentException(fault + " strikes calls: say which by next(…)");
        }
        return plan(new Planned(fault, at, fault.isOfNode() ? Math.max(1, node) : 0, lasting, null, 0, 1));
    }

    /**
     * Has a fault strike the next calls.
     *
     * @param from from which moment on
     * @param fault one that is drawn for each call
     * @param call which sort of call; null for any, and for faults that do not strike calls to nodes
     * @param count how many of them
     * @return a changed copy
     * @throws IllegalArgumentException if the fault is not one of a call
     */
    public Faults next(Duration from, Fault fault, @Nullable CallKind call, int count) {
        return next(from, fault, call, 0, count);
    }

    /**
     * Has a fault strike some calls, but not those that come first. So it can be had at each single step of a run, one after the other.
     *
     * @param from from which moment on
     * @param fault one that is drawn for each call
     * @param call which sort of call; null for any, and for faults that do not strike calls to nodes
     * @param after how many of them it lets pass before
     * @param count how many of them it strikes then
     * @return a changed copy
     * @throws IllegalArgumentException if the fault is not one of a call
     */
    public Faults next(Duration from, Fault fault, @Nullable CallKind call, int after, int count) {
        if (fault.isPerHour()) {
            throw new IllegalArgumentException(fault + " does not strike calls: say when by at(…)");
        }
        return plan(new Planned(fault, from, 0, Duration.ZERO, call, after, count));
    }

    /**
     * Ends the random faults, so that what is still unfinished can end.
     *
     * @param end from which moment on; default half an hour
     * @return a changed copy
     */
    public Faults until(Duration end) {
        return new Faults(rates, planned, end);
    }

    /**
     * Leaves one kind of random fault out.
     *
     * @param fault which
     * @return a changed copy
     */
    public Faults without(Fault fault) {
        Map<Fault, Double> changed = new EnumMap<>(Fault.class);
        changed.putAll(rates);
        changed.remove(fault);
        return new Faults(Collections.unmodifiableMap(changed), planned, until);
    }

    /**
     * Returns which faults strike at random.
     *
     * @return an unmodifiable set
     */
    public Set<Fault> kinds() {
        return rates.keySet();
    }

    double rateOf(Fault fault) {
        return rates.getOrDefault(fault, 0.0);
    }

    List<Planned> planned() {
        return planned;
    }

    Duration until() {
        return until;
    }

    /** Whether a fault may strike at all. */
    boolean has(Fault fault) {
        return rateOf(fault) > 0 || planned.stream().anyMatch(one -> one.fault() == fault);
    }

    private Faults plan(Planned more) {
        List<Planned> changed = new ArrayList<>(planned);
        changed.add(more);
        return new Faults(rates, changed, until);
    }

    @Override
    public String toString() {
        return "rates " + rates + ", planned " + planned + ", until " + until;
    }
}
