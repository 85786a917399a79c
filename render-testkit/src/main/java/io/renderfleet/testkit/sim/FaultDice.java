package io.renderfleet.testkit.sim;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Says at each opportunity whether a fault strikes. */
final class FaultDice {
    private final Faults faults;
    private final VirtualTime time;
    private final Map<Fault, SplittableRandom> streams = new EnumMap<>(Fault.class);
    private final Map<Fault, SplittableRandom> sizes = new EnumMap<>(Fault.class);
    private final List<Count> counts = new ArrayList<>();
    private final Map<Fault, Long> struck = new EnumMap<>(Fault.class);

    /** How often a planned fault has still to strike. */
    private static final class Count {
        private final Faults.Planned planned;
        private int spared;
        private int left;

        private Count(Faults.Planned planned) {
            this.planned = planned;
            this.spared = planned.after();
            this.left = planned.count();
        }
    }

    FaultDice(Faults faults, VirtualTime time, Randoms randoms) {
        this.faults = faults;
        this.time = time;
        for (Fault fault : Fault.values()) {
            streams.put(fault, randoms.stream("fault " + fault));
            sizes.put(fault, randoms.stream("size of fault " + fault));
        }
        for (Faults.Planned planned : faults.planned()) {
            if (planned.count() > 0) {
                counts.add(new Count(planned));
            }
        }
    }

    boolean strikes(Fault fault) {
        return strikes(fault, null);
    }

    boolean strikes(Fault fault, @Nullable CallKind call) {
        for (Count count : counts) {
            boolean meant = count.left > 0
                    && count.planned.fault() == fault
                    && (count.planned.call() == null || count.planned.call() == call)
                    && time.nanos() >= count.planned.at().toNanos();
            if (meant && count.spared > 0) {
                count.spared--;
            } else if (meant) {
                count.left--;
                count(fault);
                return true;
            }
        }
        double rate = faults.rateOf(fault);
        boolean strikes = rate > 0
                && time.nanos() < faults.until().toNanos()
                && stream(streams, fault).nextDouble() < rate;
        if (strikes) {
            count(fault);
        }
        return strikes;
    }

    /** Notes that a fault strikes. */
    void count(Fault fault) {
        struck.merge(fault, 1L, Long::sum);
    }

    /** How often each fault has struck. */
    Map<Fault, Long> struck() {
        return struck;
    }

    /** A number from 0 to 1 that says how bad a fault is. */
    double size(Fault fault) {
        return stream(sizes, fault).nextDouble();
    }

    /** A time in nanoseconds between two numbers of seconds, short ones as likely as long ones of the same ratio. */
    long span(Fault fault, double fewest, double most) {
        return (long) (1e9 * fewest * Math.pow(most / fewest, size(fault)));
    }

    private static SplittableRandom stream(Map<Fault, SplittableRandom> of, Fault fault) {
        SplittableRandom stream = of.get(fault);
        if (stream == null) {
            throw new IllegalStateException("no stream for " + fault);
        }
        return stream;
    }
}
