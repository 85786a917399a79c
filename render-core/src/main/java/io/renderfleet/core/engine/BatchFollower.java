package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.SubmitOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.track.TrackingEnd;
import io.renderfleet.core.track.TrackingListener;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows batches from the moment a node has taken them until they end: what polls tell, and the clock. Belongs to the loop. */
final class BatchFollower {
    private static final Logger log = LoggerFactory.getLogger(BatchFollower.class);
    /** How much longer than a batch may take the engine waits for the node's own word that it took too long. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    /** How long finished frames may take to arrive; their transfers have limits of their own, a node that always says 429 has not. */
    private static final Duration COLLECTING = Duration.ofHours(12);

    private final Farm farm;
    private final Settlement settlement;
    private final Collector collector;
    private final SceneBaker baker;
    private final ProgressTeller progress;

    BatchFollower(Farm farm, Settlement settlement, Collector collector, SceneBaker baker, ProgressTeller progress) {
        this.farm = farm;
        this.settlement = settlement;
        this.collector = collector;
        this.baker = baker;
        this.progress = progress;
    }

    /** A node has taken a batch. */
    void accepted(ActiveJob job, BatchRun run, NodeEntry node, SubmitOutcome.Accepted accepted) {
        RemoteJob remote = accepted.remote();
        run.remote = remote;
        if (!run.isOpen()) {
            settlement.slots().stop(run);
            return;
        }
        if (run.state() == Batch.State.RUNNING) {
            return;
        }
        farm.record(
                job,
                new JobTransition.BatchAccepted(
                        farm.now(), job.ledger.job(), run.id(), run.attempt(), remote.id(), remote.node()));
        follow(job, run, node, remote, accepted.pollAfter());
    }

    /** Begins to watch a batch that runs. */
    void follow(ActiveJob job, BatchRun run, NodeEntry node, RemoteJob remote, @Nullable Duration pollAfter) {
        startClock(job, run);
        run.tracking = farm.tracker.track(remote, node.can(Capability.LONG_POLL), pollAfter, new TrackingListener() {
            @Override
            public void onAsk(Duration hold) {
                farm.health.holds(node, hold);
            }

            @Override
            public void onPoll(PollOutcome outcome) {
                polled(job, run, node, outcome);
            }

            @Override
            public void onEnd(TrackingEnd end) {
                ended(job, run, node, end);
            }
        });
        run.progressWanted(job.isWatched(farm.nanos()) || job.bake.wantsReportOf(run), farm.nanos());
    }

    private void polled(ActiveJob job, BatchRun run, NodeEntry node, PollOutcome outcome) {
        if (outcome instanceof PollOutcome.Unreachable unreachable) {
            farm.health.missed(node, unreachable.cause());
        } else if (outcome instanceof PollOutcome.Misrouted misrouted) {
            farm.health.missed(node, misrouted.cause());
        } else {
            farm.health.answered(node);
        }
        if (outcome instanceof PollOutcome.Throttled throttled) {
            farm.slots.throttled(node, throttled.retryAfter());
        } else if (outcome instanceof PollOutcome.Running running) {
            run.waiting = false;
            running(job, run, node, running.progress());
        } else if (outcome instanceof PollOutcome.Waiting) {
            // What a pool has not begun has no deadline yet.
            run.waiting = true;
            startClock(job, run);
        }
        run.progressWanted(job.isWatched(farm.nanos()) || job.bake.wantsReportOf(run), farm.nanos());
    }

    private void running(ActiveJob job, BatchRun run, NodeEntry node, BatchProgress now) {
        if (run.state() != Batch.State.RUNNING) {
            return;
        }
        warned(job, now.warnings());
        boolean more = !run.progress.finished().containsAll(now.finished());
        boolean changed = !now.equals(run.progress);
        if (now.currentFrame() != null && !now.currentFrame().equals(run.progress.currentFrame())) {
            run.currentSince = farm.nanos() - runningFor(job, run, node, now).toNanos();
        }
        run.progress = now;
        run.progressNanos = farm.nanos();
        baker.reported(job, run, now, now.scene(), false);
        if (!run.isOpen()) {
            return;
        }
        boolean begun = now.currentFrame() != null || !now.finished().isEmpty() || node.lacks(Capability.FRAMES);
        if (begun && !run.clockStarted) {
            run.clockStarted = true;
            startClock(job, run);
        }
        if (more && !node.lacks(Capability.FRAMES)) {
            collector.collect(job, run);
        }
        if (changed) {
            farm.tell(new FarmNotice.BatchProgressed(farm.now(), job.ledger.job(), run.id(), now));
            progress.changed(job);
        }
    }

    /**
     * How long a frame that is seen for the first time has been running. Polls can be far apart, so what the frames before it took
     * tells more; it cannot have begun before the last progress that did not have it.
     */
    private Duration runningFor(ActiveJob job, BatchRun run, NodeEntry node, BatchProgress now) {
        Double perFrame = now.secondsPerFrame();
        boolean untold = perFrame == null && !now.finished().isEmpty();
        if (untold || node.target() instanceof Target.Pool) {
            return Duration.ZERO;
        }
        Duration unseen = farm.since(run.progressNanos != null ? run.progressNanos : run.dispatchedNanos);
        Duration start = job.pace.startTime();
        double before = perFrame == null ? 0 : perFrame * now.finished().size();
        Duration told = farm.since(run.dispatchedNanos)
                .minus(start == null ? Duration.ZERO : start)
                .minusNanos((long) (before * 1e9));
        return told.isNegative() ? Duration.ZERO : told.compareTo(unseen) > 0 ? unseen : told;
    }

    private void ended(ActiveJob job, BatchRun run, NodeEntry node, TrackingEnd end) {
        if (!run.isOpen()) {
            return;
        }
        if (end instanceof TrackingEnd.Ended over) {
            warned(job, over.end().warnings());
            baker.reported(job, run, run.progress, over.end().scene(), true);
            run.end = end;
            run.endedNanos = farm.nanos();
            run.collecting();
            stopClock(job, run, node);
            collector.collect(job, run);
        } else if (end instanceof TrackingEnd.Lost) {
            settlement.lost(job, run, "Node " + node + " does not know the batch any more.");
        } else if (end instanceof TrackingEnd.OutOfReach out) {
            settlement.lost(job, run, "Node " + node + " has been out of reach for too long: " + out.cause());
        }
    }

    /** Writes down what is news of the warnings that a node has for a batch. */
    private void warned(ActiveJob job, List<RenderWarning> warnings) {
        List<RenderWarning> news = warnings.stream()
                .filter(job.ledger::isNews)
                .limit(RenderWarning.MAX_KEPT)
                .toList();
        if (!news.isEmpty()) {
            news.forEach(warning -> log.warn("job {}: {}: {}", job, warning.kind(), warning.message()));
            farm.record(job, new JobTransition.JobWarned(farm.now(), job.ledger.job(), news));
        }
    }

    /** The node is done: how long its frames take to arrive is no longer its own time. Only what never arrives is given up. */
    private void stopClock(ActiveJob job, BatchRun run, NodeEntry node) {
        if (run.deadline != null) {
            run.deadline.cancel();
        }
        run.deadline = farm.loop.schedule(COLLECTING, () -> {
            if (run.isOpen()) {
                settlement.failed(
                        job,
                        run,
                        Failure.of(
                                FailureKind.FETCH_FAILED,
                                "The frames of the batch did not arrive from " + node + " within "
                                        + COLLECTING.toHours() + " hours."));
            }
        });
    }

    private void startClock(ActiveJob job, BatchRun run) {
        if (run.deadline != null) {
            run.deadline.cancel();
        }
        Duration timeout = job.ledger.request().batchTimeout().orElse(farm.config.batchTimeout());
        run.deadline = farm.loop.schedule(timeout.plus(GRACE), () -> {
            if (run.isOpen()) {
                settlement.failed(
                        job,
                        run,
                        Failure.of(
                                FailureKind.BATCH_TIMEOUT,
                                "The batch was not done after " + timeout.toSeconds() + " s, and was stopped."));
            }
        });
    }
}
