package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.track.TrackingEnd;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which frames of a batch are finished, and has them brought home.
 *
 * <p>Works while a batch runs, whenever more of it is finished, and once more after its end, where that does not tell the files by
 * itself. Belongs to the loop.
 */
final class Collector {
    private static final int MAX_LIST_MISSES = 8;

    private final Farm farm;
    private final Settlement settlement;
    private final RetryDecision retry;
    private final FrameFetcher fetcher;

    Collector(Farm farm, Settlement settlement, RetryDecision retry) {
        this.farm = farm;
        this.settlement = settlement;
        this.retry = retry;
        this.fetcher = new FrameFetcher(farm, settlement, retry, this::settleIfDone);
    }

    /** Looks which frames of a batch are finished, and fetches those that are not here. */
    void collect(ActiveJob job, BatchRun run) {
        RemoteJob remote = run.remote;
        NodeEntry node = run.node;
        if (!run.isOpen() || remote == null || node == null || run.finalListed) {
            return;
        }
        if (node.lacks(Capability.FRAMES) || run.unlistable) {
            run.unlistable = true;
            run.finalListed = run.end != null;
            settleIfDone(job, run);
            return;
        }
        List<FrameOutput> told = toldWithTheEnd(run);
        if (told != null) {
            run.finalListed = true;
            told.forEach(frame -> wanted(job, run, remote, frame));
            settleIfDone(job, run);
            return;
        }
        if (run.listing) {
            run.listAgain = true;
            return;
        }
        run.listing = true;
        boolean last = run.end != null;
        farm.transport
                .frames(remote)
                .whenComplete((outcome, bug) -> farm.loop.execute(() -> {
                    run.listing = false;
                    if (outcome instanceof FramesOutcome.Throttled throttled) {
                        farm.slots.throttled(node, throttled.retryAfter());
                    }
                    if (run.isOpen() && !run.finalListed) {
                        listed(
                                job,
                                run,
                                remote,
                                node,
                                last,
                                outcome != null ? outcome : new FramesOutcome.Unreachable(String.valueOf(bug)));
                    }
                }));
    }

    private static @Nullable List<FrameOutput> toldWithTheEnd(BatchRun run) {
        return run.end instanceof TrackingEnd.Ended ended ? ended.end().outputs() : null;
    }

    private void listed(
            ActiveJob job, BatchRun run, RemoteJob remote, NodeEntry node, boolean last, FramesOutcome outcome) {
        if (outcome instanceof FramesOutcome.Listed list) {
            run.listMisses = 0;
            run.listThrottles = 0;
            run.finalListed |= last;
            list.frames().forEach(frame -> wanted(job, run, remote, frame));
        } else if (outcome instanceof FramesOutcome.Unsupported) {
            run.unlistable = true;
            run.finalListed |= last;
        } else if (outcome instanceof FramesOutcome.Lost) {
            settlement.lost(job, run, "Node " + node + " does not know the batch any more.");
            return;
        } else if (outcome instanceof FramesOutcome.Throttled throttled) {
            listLater(job, run, retry.waitFor(throttled.retryAfter(), ++run.listThrottles));
            return;
        } else if (outcome instanceof FramesOutcome.Unreachable unreachable) {
            farm.health.missed(node, unreachable.cause());
            if (++run.listMisses >= MAX_LIST_MISSES) {
                settlement.lost(job, run, "Node " + node + " did not list its frames: " + unreachable.cause());
            } else if (run.end != null) {
                listLater(job, run, retry.waitAfter(Math.min(run.listMisses, 4)));
            }
            return;
        }
        if (run.listAgain) {
            run.listAgain = false;
            collect(job, run);
        }
        settleIfDone(job, run);
    }

    private void listLater(ActiveJob job, BatchRun run, Duration delay) {
        farm.loop.schedule(farm.config.cut(delay), () -> collect(job, run));
    }

    private void wanted(ActiveJob job, BatchRun run, RemoteJob remote, FrameOutput frame) {
        boolean mine = run.frames().contains(frame.frame());
        if (mine && !job.ledger.isSettled(frame.frame()) && run.fetching.add(frame.frame())) {
            fetcher.fetch(job, run, remote, frame);
        }
    }

    private void settleIfDone(ActiveJob job, BatchRun run) {
        if (run.isOpen() && run.end != null && run.finalListed && run.fetching.isEmpty()) {
            settlement.collected(job, run);
        }
    }
}
