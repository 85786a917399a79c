package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.track.TrackingEnd;
import io.renderfleet.core.track.TrackingListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Follows batches from the moment a node has taken them until they end, by what polls bring and by the clock. Belongs to the loop. */
final class BatchFollower {
    /** How much longer than a batch may take the engine waits for the node's own word that it took too long. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    /** How often a node must have answered at least, without progress, before that counts as standing still. */
    private static final int LOOKS = 4;

    /** How long finished frames may take to arrive; their transfers have limits of their own, a node that always says 429 has not. */
    private static final Duration COLLECTING = Duration.ofHours(12);

    private final Farm farm;
    private final BatchCloser batchCloser;
    private final Collector collector;
    private final SceneBaker baker;
    private final ProgressTeller progress;

    BatchFollower(Farm farm, BatchCloser batchCloser, Collector collector, SceneBaker baker, ProgressTeller progress) {
        this.farm = farm;
        this.batchCloser = batchCloser;
        this.collector = collector;
        this.baker = baker;
        this.progress = progress;
    }

    /** A node has taken a batch. */
    void accepted(OpenBatch batch, SubmitOutcome.Accepted accepted) {
        RemoteJob remote = accepted.remote();
        batch.handover.taken(remote);
        if (!batch.isOpen()) {
            batchCloser.slots().stop(batch);
            return;
        }
        if (batch.record.state() == Batch.State.RUNNING) {
            return;
        }
        farm.record(
                batch.job,
                new JobTransition.BatchAccepted(
                        farm.now(), batch.job.ledger.job(), batch.id(), batch.attempt(), remote.id(), remote.node()));
        follow(batch, remote, accepted.pollAfter());
    }

    /** Begins to watch a batch that runs. */
    void follow(OpenBatch batch, RemoteJob remote, @Nullable Duration pollAfter) {
        startClock(batch);
        NodeEntry node = batch.node;
        batch.watch.begins(
                farm.tracker.track(remote, node.can(Capability.LONG_POLL), pollAfter, new TrackingListener() {
                    @Override
                    public void onAsk(Duration hold) {
                        farm.health.holds(node, hold);
                    }

                    @Override
                    public void onPoll(PollOutcome outcome) {
                        polled(batch, outcome);
                    }

                    @Override
                    public void onEnd(TrackingEnd end) {
                        ended(batch, end);
                    }
                }));
        listen(batch);
    }

    /** Asks the node for progress as often as somebody wants to know, and soon enough for frames that are large. */
    private void listen(OpenBatch batch) {
        boolean wanted = batch.job.isWatched(farm.nanos()) || batch.job.bake.wantsReportOf(batch);
        batch.watch.progressWanted(wanted, farm.nanos());
        batch.watch.heldAtMost(batch.job.weight.longestHold(batch));
    }

    private void polled(OpenBatch batch, PollOutcome outcome) {
        outcome.match(polls(batch));
        listen(batch);
    }

    /** What polls say of a batch and of its node. That a batch has ended, or is lost, is for {@link #ended}. */
    private PollOutcome.Cases polls(OpenBatch batch) {
        return new PollOutcome.Cases() {
            @Override
            public void onWaiting(PollOutcome.Waiting it) {
                farm.health.answered(batch.node);
                // What a pool has not begun has no deadline yet.
                batch.rebalancing.waits(true);
                startClock(batch);
            }

            @Override
            public void onRunning(PollOutcome.Running it) {
                farm.health.answered(batch.node);
                batch.rebalancing.waits(false);
                running(batch, it.progress());
            }

            @Override
            public void onEnded(PollOutcome.Ended it) {
                farm.health.answered(batch.node);
            }

            @Override
            public void onThrottled(PollOutcome.Throttled it) {
                farm.health.answered(batch.node);
                farm.slots.throttled(batch.node, it.retryAfter());
            }

            @Override
            public void onLost(PollOutcome.Lost it) {
                farm.health.answered(batch.node);
            }

            @Override
            public void onMisrouted(PollOutcome.Misrouted it) {
                farm.health.missed(batch.node, it.cause());
            }

            @Override
            public void onUnreachable(PollOutcome.Unreachable it) {
                farm.health.missed(batch.node, it.cause());
            }
        };
    }

    private void running(OpenBatch batch, BatchProgress now) {
        if (batch.state() != Batch.State.RUNNING) {
            return;
        }
        NodeEntry node = batch.node;
        BatchProgress before = batch.watch.progress();
        farm.warn(batch.job, now.warnings());
        boolean more = !before.finished().containsAll(now.finished());
        boolean changed = !now.equals(before);
        if (now.currentFrame() != null && !now.currentFrame().equals(before.currentFrame())) {
            long since = farm.nanos() - runningFor(batch, now).toNanos();
            batch.watch.currentSince(since);
            if (now.finished().isEmpty()) {
                batch.watch.begunSince(since);
            }
        }
        Duration stall = farm.config.stallTimeout();
        batch.watch.seen(now, farm.nanos(), stall.dividedBy(LOOKS).toNanos());
        baker.reported(batch, now.scene());
        if (!batch.isOpen()) {
            return;
        }
        if (batch.watch.quietNanos() >= stall.toNanos() && !node.lacks(Capability.FRAMES)) {
            stalled(batch, now, stall);
            return;
        }
        boolean begun = batch.watch.hasBegun() || node.lacks(Capability.FRAMES);
        if (begun && batch.clock.begins()) {
            startClock(batch);
        }
        if (more && !node.lacks(Capability.FRAMES)) {
            collector.collect(batch);
        }
        if (changed) {
            farm.tell(new FarmNotice.BatchProgressed(farm.now(), batch.job.ledger.job(), batch.id(), now));
            progress.changed(batch.job);
        }
    }

    /** The node answers, says that it renders, and nothing comes of it. */
    private void stalled(OpenBatch batch, BatchProgress now, Duration stall) {
        String where = now.currentFrame() == null ? "no frame" : "frame " + now.currentFrame();
        batchCloser.failed(
                batch,
                Failure.of(
                        FailureKind.HUNG,
                        "Node " + batch.node + " says that it renders, and has shown no progress for "
                                + stall.toSeconds() + " s (at " + where + "): the batch was stopped."));
    }

    /**
     * How long a frame that is seen for the first time has been running. Polls can be far apart, so what the frames before it took says
     * more; it cannot have begun before the last progress that did not have it.
     */
    private Duration runningFor(OpenBatch batch, BatchProgress now) {
        Double perFrame = now.secondsPerFrame();
        boolean untold = perFrame == null && !now.finished().isEmpty();
        if (untold || batch.node.target() instanceof Target.Pool) {
            return Duration.ZERO;
        }
        Long seen = batch.watch.progressNanos();
        Duration unseen = farm.since(seen != null ? seen : batch.handover.sinceNanos());
        Duration start = batch.job.pace.startTime();
        double before = perFrame == null ? 0 : perFrame * now.finished().size();
        Duration told = farm.since(batch.handover.sinceNanos())
                .minus(start == null ? Duration.ZERO : start)
                .minusNanos((long) (before * 1e9));
        return told.isNegative() ? Duration.ZERO : told.compareTo(unseen) > 0 ? unseen : told;
    }

    private void ended(OpenBatch batch, TrackingEnd end) {
        if (batch.isOpen()) {
            end.match(ends(batch));
        }
    }

    /** What follows when a batch need not be watched any longer. */
    private TrackingEnd.Cases ends(OpenBatch batch) {
        return new TrackingEnd.Cases() {
            @Override
            public void onEnded(TrackingEnd.Ended it) {
                farm.warn(batch.job, it.end().warnings());
                batch.watch.ended(it, farm.nanos());
                baker.reported(batch, it.end().scene());
                stopClock(batch);
                collector.collect(batch);
            }

            @Override
            public void onLost(TrackingEnd.Lost it) {
                batchCloser.unknown(batch);
            }

            @Override
            public void onOutOfReach(TrackingEnd.OutOfReach it) {
                batchCloser.lost(batch, "Node " + batch.node + " has been out of reach for too long: " + it.cause());
            }
        };
    }

    /** The node is done: how long its frames take to arrive is no longer its own time. Only what never arrives is given up. */
    private void stopClock(OpenBatch batch) {
        batch.clock.runs(farm.loop.schedule(COLLECTING, () -> {
            if (batch.isOpen()) {
                batchCloser.failed(
                        batch,
                        Failure.of(
                                FailureKind.FETCH_FAILED,
                                "The frames of the batch did not arrive from " + batch.node + " within "
                                        + COLLECTING.toHours() + " hours."));
            }
        }));
    }

    private void startClock(OpenBatch batch) {
        Duration timeout = batch.job.ledger.request().batchTimeout().orElse(farm.config.batchTimeout());
        batch.clock.runs(farm.loop.schedule(timeout.plus(GRACE), () -> {
            if (batch.isOpen()) {
                batchCloser.failed(
                        batch,
                        Failure.of(
                                FailureKind.BATCH_TIMEOUT,
                                "The batch was not done after " + timeout.toSeconds() + " s, and was stopped."));
            }
        }));
    }
}
