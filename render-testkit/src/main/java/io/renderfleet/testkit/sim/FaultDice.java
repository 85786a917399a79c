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
    private final List<Script> scripts = new ArrayList<>();
    private final Map<Fault, Long> struck = new EnumMap<>(Fault.class);
    private boolean jobsEnded;

    /** One line of the script, and what became of it. */
    final class Script {
        private final Faults.Planned planned;
        private int spared;
        private int left;
        private int struckHere;

        private Script(Faults.Planned planned) {
            this.planned = planned;
            this.spared = planned.after();
            this.left = planned.count();
        }

        Faults.Planned planned() {
            return planned;
        }

        DrawnFault draw() {
            return strike(planned.fault(), () -> {
                struckHere++;
                count(planned.fault());
            });
        }

        private ScriptedFault told() {
            return new ScriptedFault(
                    planned.fault(),
                    planned.at(),
                    planned.node(),
                    planned.call(),
                    planned.after(),
                    planned.count(),
                    struckHere);
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
            scripts.add(new Script(planned));
        }
    }

    boolean strikes(Fault fault) {
        return strikes(fault, null);
    }

    /** Draws a fault that does what it is there for at once. */
    boolean strikes(Fault fault, @Nullable CallKind call) {
        DrawnFault strike = draw(fault, call);
        strike.strikes();
        return strike.isDue();
    }

    DrawnFault draw(Fault fault) {
        return draw(fault, null);
    }

    /** Draws a fault of which it will show only later whether it does anything. */
    DrawnFault draw(Fault fault, @Nullable CallKind call) {
        if (fault.isPerHour()) {
            throw new IllegalArgumentException(fault + " is not drawn for each call");
        }
        for (Script script : scripts) {
            boolean meant = script.left > 0
                    && script.planned.fault() == fault
                    && (script.planned.call() == null || script.planned.call() == call)
                    && time.nanos() >= script.planned.at().toNanos();
            if (meant && script.spared > 0) {
                script.spared--;
            } else if (meant) {
                script.left--;
                return script.draw();
            }
        }
        double rate = faults.rateOf(fault);
        boolean strikes = rate > 0
                && time.nanos() < faults.until().toNanos()
                && stream(streams, fault).nextDouble() < rate;
        return strikes ? drawn(fault) : DrawnFault.NONE;
    }

    /** A fault that comes at random, and is drawn now. */
    DrawnFault drawn(Fault fault) {
        return strike(fault, () -> count(fault));
    }

    private DrawnFault strike(Fault fault, Runnable count) {
        boolean tooLate = jobsEnded && (fault.isPerHour() || fault == Fault.COORDINATOR_CRASH);
        return new DrawnFault(tooLate ? () -> {} : count);
    }

    /**
     * Every job has ended. What strikes nodes and coordinators from now on does not count, since it has nothing left to disturb; what
     * strikes calls does, since calls are made until every slot has come back.
     */
    void allEnded() {
        jobsEnded = true;
    }

    private void count(Fault fault) {
        struck.merge(fault, 1L, Long::sum);
    }

    List<Script> scripts() {
        return scripts;
    }

    /** What became of the script so far. */
    List<ScriptedFault> scripted() {
        return scripts.stream().map(Script::told).toList();
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
