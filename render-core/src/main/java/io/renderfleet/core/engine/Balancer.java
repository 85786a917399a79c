package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.loop.LoopTimer;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.ShortenOutcome;
import io.renderfleet.core.spi.Target;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a job end sooner when slots are idle and nothing waits: untouched frames of the batch that would end last move to an idle node,
 * and the very last frames may be rendered twice.
 *
 * <p>Looks twice a second while there are idle slots, at those batches only that would end last. Belongs to the loop.
 */
final class Balancer {
    private static final Logger log = LoggerFactory.getLogger(Balancer.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final int LOOKED_AT = 256;
    private static final double CLEARLY_SOONER = 0.8;
    private static final double DEFAULT_START = 0.2;

    private final Farm farm;
    private final BatchCloser batchCloser;
    private final Dispatcher dispatcher;
    private @Nullable LoopTimer timer;

    Balancer(Farm farm, BatchCloser batchCloser, Dispatcher dispatcher) {
        this.farm = farm;
        this.batchCloser = batchCloser;
        this.dispatcher = dispatcher;
    }

    /** Slots are idle. */
    void wake() {
        BalancePolicy policy = farm.config.balance();
        if (timer == null && (policy.shorten() || policy.speculate()) && anythingRuns()) {
            timer = farm.loop.schedule(INTERVAL, () -> {
                timer = null;
                if (dispatcher.isIdle()) {
                    balance();
                    wake();
                }
            });
        }
    }

    private boolean anythingRuns() {
        return !farm.running.isEmpty();
    }

    private void balance() {
        List<Running> last = lastToEnd();
        for (Running running : last) {
            if (mayBeHelped(running)) {
                // Progress is asked for while a batch may be shortened or speculated on.
                running.batch().watch.balanced(farm.nanos());
            }
        }
        Set<OpenBatch> touched = new HashSet<>();
        int looked = 0;
        for (NodeEntry node = farm.slots.firstFree();
                node != null && looked < LOOKED_AT;
                node = farm.slots.nextFree(node)) {
            looked++;
            if (!(node.target() instanceof Target.Pool)) {
                // A free place in the queue of a pool is no idle slot.
                help(node, last, touched);
            }
        }
    }

    /** Whether any progress could make an idle node help: a frame that runs already is only worth a second try where that is faster. */
    private boolean mayBeHelped(Running running) {
        OpenBatch batch = running.batch();
        NodeEntry fastest = farm.slots.firstFree();
        int begun = batch.watch.progress().currentFrame() == null ? 0 : 1;
        if (fastest == null || running.forecast().untouched().size() + begun > 1) {
            return true;
        }
        return batch.rebalancing.isWaiting()
                || fastest.speed().factor() * CLEARLY_SOONER
                        > running.forecast().speed();
    }

    private List<Running> lastToEnd() {
        List<Running> all = Running.of(farm, batch -> true);
        all.sort(Comparator.comparingDouble(
                (Running running) -> -running.forecast().end()));
        return all.size() > LOOKED_AT ? all.subList(0, LOOKED_AT) : all;
    }

    /** Finds the first of the last batches that the idle node can make end sooner. */
    private void help(NodeEntry node, List<Running> last, Set<OpenBatch> touched) {
        for (Running running : last) {
            boolean suits = !touched.contains(running.batch())
                    && node.satisfies(running.batch().job.requirement)
                    && !running.batch().job.avoids(node, farm.nanos());
            if (suits && (withdraw(running, node) || shorten(running, node) || speculate(running, node, last))) {
                touched.add(running.batch());
                return;
            }
        }
    }

    /** A batch that a pool has not begun is taken back for a slot that is free now. */
    private boolean withdraw(Running running, NodeEntry node) {
        OpenBatch batch = running.batch();
        RemoteJob remote = batch.handover.remote();
        boolean may = farm.config.balance().shorten() && batch.rebalancing.isWaiting() && !batch.rebalancing.isAsking();
        if (!may || remote == null) {
            return false;
        }
        batch.rebalancing.asksToGiveBack();
        farm.transport
                .cancel(remote, batch.attempt().withEpoch(farm.coordinator.epoch()))
                .whenComplete((outcome, bug) -> farm.loop.execute(() -> {
                    batch.rebalancing.answered();
                    // Of all other answers nothing follows: the pool has begun it, or still has it.
                    if (outcome instanceof CancelOutcome.Stopped && batch.isOpen()) {
                        batchCloser.end(batch, BatchOutcome.RETURNED, null);
                        dispatcher.dispatch(batch.job, node);
                    } else if (outcome instanceof CancelOutcome.Fenced) {
                        farm.standDown();
                    }
                }));
        return true;
    }

    private boolean shorten(Running running, NodeEntry node) {
        OpenBatch batch = running.batch();
        Forecast forecast = running.forecast();
        RemoteJob remote = batch.handover.remote();
        int untouched = forecast.untouched().size();
        if (!farm.config.balance().shorten() || remote == null || untouched == 0 || !isShortenable(batch)) {
            return false;
        }
        double here = forecast.frame();
        double there = here * forecast.speed() / node.speed().factor();
        double start = startOf(batch.job, node);
        // Both end together if: left + (untouched - moved) * here = start + moved * there.
        double even = (forecast.currentLeft() + untouched * here - start) / (here + there);
        int moved = (int) Math.min(untouched, Math.max(1, Math.floor(even)));
        double newEnd = Math.max(forecast.currentLeft() + (untouched - moved) * here, start + moved * there);
        if (!isWorthIt(forecast.end() - newEnd)) {
            return false;
        }
        FrameSet released = forecast.untouched().skip(untouched - moved);
        batch.inLog(() -> log.info("job {}: frames {} of batch {} move to idle nodes", batch.job, released, batch));
        batch.rebalancing.asksToShorten();
        askToShorten(batch, remote, batch.frames().minus(released));
        return true;
    }

    /** Whether the node of a batch can give up frames, and is not being asked to. */
    static boolean isShortenable(OpenBatch batch) {
        return !batch.rebalancing.isAsking()
                && !batch.rebalancing.isUnshortenable()
                && batch.node.can(Capability.SHORTEN);
    }

    /** Has the node of a batch give up frames that it has not begun. Whether it is asked. */
    boolean release(OpenBatch batch, FrameSet untouched) {
        RemoteJob remote = batch.handover.remote();
        FrameSet keep = batch.frames().minus(untouched);
        if (remote == null || keep.isEmpty()) {
            return false;
        }
        batch.inLog(
                () -> log.info("job {}: frames {} of batch {} are given up for others", batch.job, untouched, batch));
        batch.rebalancing.asksToShorten();
        askToShorten(batch, remote, keep);
        return true;
    }

    private void askToShorten(OpenBatch batch, RemoteJob remote, FrameSet keep) {
        farm.transport
                .shorten(remote, keep, batch.attempt().withEpoch(farm.coordinator.epoch()))
                .whenComplete((outcome, bug) -> farm.loop.execute(() -> {
                    ShortenOutcome known = outcome != null ? outcome : new ShortenOutcome.Unsupported();
                    known.match(shortenings(batch, remote, keep));
                }));
    }

    /** What follows from asking a node to give frames up. */
    private ShortenOutcome.Cases shortenings(OpenBatch batch, RemoteJob remote, FrameSet keep) {
        return new ShortenOutcome.Cases() {
            @Override
            public void onKept(ShortenOutcome.Kept it) {
                batch.rebalancing.shortened();
                batchCloser.shortened(batch, it.frames());
            }

            @Override
            public void onAlreadyEnded(ShortenOutcome.AlreadyEnded it) {
                // Its end is about to be heard by a poll.
                batch.rebalancing.notShortened();
            }

            @Override
            public void onUnsupported(ShortenOutcome.Unsupported it) {
                batch.rebalancing.notShortened();
            }

            @Override
            public void onFenced(ShortenOutcome.Fenced it) {
                batch.rebalancing.answered();
                farm.standDown();
            }

            @Override
            public void onUnreachable(ShortenOutcome.Unreachable it) {
                if (batch.isOpen()) {
                    // Whether it was shortened is known only once it says so: ask again, the answer is the same.
                    farm.loop.schedule(INTERVAL, () -> askToShorten(batch, remote, keep));
                } else {
                    batch.rebalancing.notShortened();
                }
            }
        };
    }

    private boolean speculate(Running running, NodeEntry node, List<Running> last) {
        OpenBatch batch = running.batch();
        ActiveJob job = batch.job;
        Forecast forecast = running.forecast();
        Integer current = batch.watch.progress().currentFrame();
        NodeEntry owner = batch.node;
        if (!farm.config.balance().speculate()
                || owner == node
                || current == null
                || !forecast.untouched().isEmpty()
                || forecast.currentTotal() <= 0
                || job.ledger.isSettled(current)
                || job.ledger.isSpeculated(batch.record)) {
            return false;
        }
        double work = forecast.work();
        double there = startOf(job, node) + work / node.speed().factor();
        // Where the second copy wins, all that was put into the first is lost.
        double lost = Math.min(work, (forecast.currentTotal() - forecast.currentLeft() + there) * forecast.speed());
        boolean sooner = there < forecast.currentLeft() * CLEARLY_SOONER;
        if (!sooner
                || !isWorthIt(forecast.currentLeft() - there)
                || !job.speculations.allows(lost, allowed(job), endsLast(running, last))
                || isFasterSoon(work, there, running, last)) {
            return false;
        }
        job.speculations.spend(lost, allowed(job));
        dispatcher.speculate(batch, current, node);
        return true;
    }

    /** Whether one of the nodes that are about to be free would be done clearly sooner, so that a frame is not given to one that is slow. */
    private boolean isFasterSoon(double work, double there, Running running, List<Running> last) {
        OpenBatch batch = running.batch();
        for (Running other : last) {
            NodeEntry node = other.batch().node;
            double then = other.forecast().end()
                    + startOf(batch.job, node)
                    + work / node.speed().factor();
            if (then < there * CLEARLY_SOONER
                    && node != batch.node
                    && !(node.target() instanceof Target.Pool)
                    && node.satisfies(batch.job.requirement)
                    && !batch.job.avoids(node, farm.nanos())) {
                return true;
            }
        }
        return false;
    }

    private double allowed(ActiveJob job) {
        return farm.config.balance().extraWork()
                * job.pace.secondsPerFrame()
                * job.ledger.request().frames().size();
    }

    /** Whether no other batch of the job will end later; those that would are first. */
    private static boolean endsLast(Running running, List<Running> last) {
        for (Running other : last) {
            if (other.batch().job == running.batch().job) {
                return other.batch() == running.batch();
            }
        }
        return false;
    }

    private boolean isWorthIt(double gainSeconds) {
        return gainSeconds > 0 && gainSeconds >= farm.config.balance().minGain().toNanos() / 1e9;
    }

    /** What a batch of a job takes on a node beyond its frames, in seconds. */
    private double startOf(ActiveJob job, NodeEntry node) {
        Duration start = job.startTime(node, farm.nanos());
        return start == null ? DEFAULT_START : start.toNanos() / 1e9;
    }
}
