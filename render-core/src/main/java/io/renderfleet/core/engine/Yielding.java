package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.loop.LoopTimer;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has slots change hands before a long batch ends, while all are busy: a batch of a job that holds more than its share gives up the frames
 * that its node has not begun, for a job that waits and holds clearly less. And a job that has handed everything out takes frames back
 * from a slow node, where others will be sooner done with them.
 *
 * <p>Looks every second while something waits. Nothing that is being rendered is stopped. Belongs to the loop.
 */
final class Yielding {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int LOOKED_AT = 256;

    /** For less a slot is not worth the trouble. */
    private static final double WORTH_SECONDS = 10;

    private static final double CLEARLY_LONGER = 1.5;

    private final Farm farm;
    private final Dispatcher dispatcher;
    private final Balancer balancer;
    private final Map<OpenBatch, ActiveJob> yields = new LinkedHashMap<>();
    private @Nullable LoopTimer timer;

    Yielding(Farm farm, Dispatcher dispatcher, Balancer balancer) {
        this.farm = farm;
        this.dispatcher = dispatcher;
        this.balancer = balancer;
    }

    /** Something waits, and no slot is free for it. */
    void wake() {
        if (timer == null && farm.config.balance().shorten() && !farm.running.isEmpty()) {
            timer = farm.loop.schedule(INTERVAL, () -> {
                timer = null;
                if (!farm.queue.isEmpty() && !farm.hasStoodDown()) {
                    look();
                    wake();
                }
            });
        }
    }

    private void look() {
        yields.keySet().removeIf(batch -> !batch.isOpen());
        for (Running running : longest()) {
            ActiveJob job = running.batch().job;
            if (job.ledger.waiting().isEmpty() && isBehind(running)) {
                release(running);
                continue;
            }
            ActiveJob other = whoIsOwed(running.batch());
            if (other != null && release(running)) {
                yields.put(running.batch(), other);
            }
        }
    }

    /** The batches of which most is left that could be given up. */
    private List<Running> longest() {
        List<Running> all = Running.of(farm, this::mayYield);
        all.removeIf(running -> !(running.untouchedSeconds() >= WORTH_SECONDS));
        all.sort(Comparator.comparingDouble(running -> -running.untouchedSeconds()));
        return all.size() > LOOKED_AT ? all.subList(0, LOOKED_AT) : all;
    }

    private boolean mayYield(OpenBatch batch) {
        return !yields.containsKey(batch) && !batch.rebalancing.isWaiting() && Balancer.isShortenable(batch);
    }

    /** A job that waits, and to which the slot of a batch belongs rather than to the job that has it. */
    private @Nullable ActiveJob whoIsOwed(OpenBatch batch) {
        NodeEntry node = batch.node;
        for (ActiveJob other : farm.queue.first(node, farm.nanos())) {
            int byPriority = QueuePlace.byPriority(other.place, batch.job.ledger.priority());
            boolean owed = byPriority == 0 && other != batch.job && isOwed(other, batch);
            if (owed && dispatcher.isWorthLoading(other, node)) {
                return other;
            }
        }
        return null;
    }

    private boolean isOwed(ActiveJob other, OpenBatch batch) {
        ActiveJob job = batch.job;
        if (!BatchQueue.haveOneOwner(other, job)) {
            return farm.queue.isWithinShareOfSlots(other, coming(other))
                    && !farm.queue.isWithinShareOfSlots(job, coming(job) - 1);
        }
        double all = farm.slots.totalSpeed();
        return farm.queue.isWithinShare(other, new BatchQueue.Slot(batch.speed, comingSpeed(other)), all)
                && !farm.queue.isWithinShare(
                        job, new BatchQueue.Slot(batch.speed, comingSpeed(job) - batch.speed), all);
    }

    /** How many slots the owner of a job is about to have more by what others give up for it, or fewer. */
    private int coming(ActiveJob job) {
        int slots = 0;
        for (Map.Entry<OpenBatch, ActiveJob> yield : yields.entrySet()) {
            slots += BatchQueue.haveOneOwner(yield.getValue(), job) ? 1 : 0;
            slots -= BatchQueue.haveOneOwner(yield.getKey().job, job) ? 1 : 0;
        }
        return slots;
    }

    /** The speed of those that a job is about to have more, or fewer. */
    private double comingSpeed(ActiveJob job) {
        double speed = 0;
        for (Map.Entry<OpenBatch, ActiveJob> yield : yields.entrySet()) {
            speed += yield.getValue() == job ? yield.getKey().speed : 0;
            speed -= yield.getKey().job == job ? yield.getKey().speed : 0;
        }
        return speed;
    }

    /** Whether a job that holds less than its share would be sooner done if others had what a slow node has not begun. */
    private boolean isBehind(Running running) {
        ActiveJob job = running.batch().job;
        Double load = job.load.seconds();
        double there = (load == null ? 0 : load)
                + running.forecast().untouched().size() * job.pace.secondsPerFrame()
                + WORTH_SECONDS;
        return running.forecast().end() > CLEARLY_LONGER * there
                && farm.queue.isWithinShare(job, new BatchQueue.Slot(0, 0), farm.slots.totalSpeed());
    }

    private boolean release(Running running) {
        return balancer.release(running.batch(), running.forecast().untouched());
    }
}
