package io.renderfleet.testkit.sim;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Injects the faults that have a rate by the hour, or a set time. */
final class TimedFaults {
    private static final double HOUR = Duration.ofHours(1).toNanos();

    private final Faults faults;
    private final EventQueue events;
    private final VirtualTime time;
    private final FaultDice dice;
    private final List<SimNode> nodes;
    private final Strikes strikes;

    /** The faults that do not concern a node. */
    interface Strikes {
        void clockJump(Duration by);

        void brokerAway(Duration lasting, DrawnFault strike);

        void storeOutage(Duration lasting, DrawnFault strike);

        void coordinatorFreeze(Duration lasting, DrawnFault strike);

        void takeover(Duration oldSleeps, DrawnFault strike);

        void nodeDown(SimNode node);
    }

    TimedFaults(
            Faults faults,
            EventQueue events,
            VirtualTime time,
            FaultDice dice,
            Randoms randoms,
            List<SimNode> nodes,
            Strikes strikes) {
        this.faults = faults;
        this.events = events;
        this.time = time;
        this.dice = dice;
        this.nodes = nodes;
        this.strikes = strikes;
        for (Fault fault : Fault.values()) {
            if (fault.isPerHour() && faults.rateOf(fault) > 0) {
                int subjects = fault.isOfNode() ? nodes.size() : 1;
                for (int i = 0; i < subjects; i++) {
                    await(fault, i, randoms.stream("hour of " + fault, i));
                }
            }
        }
        for (FaultDice.Script script : dice.scripts()) {
            Faults.Planned planned = script.planned();
            if (planned.fault().isPerHour()) {
                events.after(
                        planned.at(),
                        () -> strike(planned.fault(), planned.node() - 1, planned.lasting(), script.draw()));
            }
        }
    }

    private void await(Fault fault, int subject, SplittableRandom random) {
        double wait = -Math.log(1 - random.nextDouble()) / faults.rateOf(fault) * HOUR;
        if (time.nanos() + wait < faults.until().toNanos()) {
            events.after((long) wait, () -> {
                strike(fault, subject, null, dice.drawn(fault));
                await(fault, subject, random);
            });
        }
    }

    private void strike(Fault fault, int subject, @Nullable Duration set, DrawnFault strike) {
        if (!fault.isOfNode()) {
            strikeOthers(fault, set, strike);
        } else if (subject < nodes.size()) {
            strike(fault, nodes.get(subject), set, strike);
        }
    }

    private void strike(Fault fault, SimNode node, @Nullable Duration set, DrawnFault strike) {
        switch (fault) {
            case NODE_CRASH, NODE_RESTART -> {
                node.crash(fault == Fault.NODE_RESTART, lasting(fault, set, 1, 120), strike);
                strikes.nodeDown(node);
            }
            case NODE_FREEZE -> node.freeze(lasting(fault, set, 0.5, 120), strike);
            case NODE_SLOWDOWN ->
                node.slowDown(2 + Math.floor(8 * dice.size(fault)), lasting(fault, set, 10, 600), strike);
            case NODE_DRAIN -> node.drain(lasting(fault, set, 5, 300), strike);
            case THROTTLE_STORM -> node.throttle(lasting(fault, set, 1, 120), retryAfter(fault, set), strike);
            case BUSY_STORM -> node.busy(lasting(fault, set, 1, 120), retryAfter(fault, set), strike);
            case FAR_RETRY_AFTER -> {
                Duration days = set == null ? Duration.ofDays(1 + (long) (1_000 * dice.size(fault))) : set;
                node.askToBeLeftAlone(days, dice.size(fault) < 0.5, strike);
            }
            default -> throw new IllegalArgumentException(fault + " does not come by the hour");
        }
    }

    private void strikeOthers(Fault fault, @Nullable Duration set, DrawnFault strike) {
        switch (fault) {
            case CLOCK_JUMP -> {
                Duration far = lasting(fault, set, 1, 86_400);
                strikes.clockJump(set == null && dice.size(fault) < 0.5 ? far.negated() : far);
                strike.strikes();
            }
            case BROKER_AWAY -> strikes.brokerAway(lasting(fault, set, 1, 600), strike);
            case STORE_OUTAGE -> strikes.storeOutage(lasting(fault, set, 1, 60), strike);
            case COORDINATOR_FREEZE -> strikes.coordinatorFreeze(lasting(fault, set, 0.1, 60), strike);
            case TAKEOVER -> strikes.takeover(lasting(fault, set, 0.1, 60), strike);
            default -> throw new IllegalArgumentException(fault + " does not come by the hour");
        }
    }

    private @Nullable Duration retryAfter(Fault fault, @Nullable Duration set) {
        if (set != null) {
            return Duration.ofSeconds(Math.max(1, set.toSeconds()));
        }
        double size = dice.size(fault);
        return size < 0.3 ? null : Duration.ofSeconds((long) (1 + 59 * (size - 0.3) / 0.7));
    }

    private Duration lasting(Fault fault, @Nullable Duration set, double fewest, double most) {
        return set == null ? Duration.ofNanos(dice.span(fault, fewest, most)) : set;
    }
}
