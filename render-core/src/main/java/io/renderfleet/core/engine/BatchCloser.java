package io.renderfleet.core.engine;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.track.TrackingEnd;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what follows from the end of a batch: what is done, what is tried again, where not, and when a job is over.
 *
 * <p>{@link FailureBlame} says whose fault it is, and so whether somebody may do better. A lost node and a refusal cost no try. Belongs to
 * the loop.
 */
final class BatchCloser {
    private static final Logger log = LoggerFactory.getLogger(BatchCloser.class);
    /** For these the engine gives a batch up that its node may go on with. */
    private static final Set<FailureKind> STILL_RUNS = EnumSet.of(FailureKind.BATCH_TIMEOUT, FailureKind.HUNG);

    private static final Duration FRESH_PROGRESS = Duration.ofSeconds(5);

    private final Farm farm;
    private final RetryDecision retry;
    private final ProgressTeller progress;
    private final FailureBlame blame;
    private final SlotReturn slots;
    private final JobCloser closing;
    private final Reactions reactions;

    BatchCloser(Farm farm, RetryDecision retry, ProgressTeller progress, Reactions reactions) {
        this.reactions = reactions;
        this.farm = farm;
        this.retry = retry;
        this.progress = progress;
        this.blame = new FailureBlame(farm);
        this.slots = new SlotReturn(farm, retry);
        this.closing = new JobCloser(farm, progress, reactions);
    }

    SlotReturn slots() {
        return slots;
    }

    /** Everything that a batch finished is here. */
    void collected(OpenBatch batch) {
        if (!(batch.watch.end() instanceof TrackingEnd.Ended ended)) {
            return;
        }
        ActiveJob job = batch.job;
        BatchEnd end = ended.end();
        FrameSet missing = batch.unsettled();
        // The simplest node says that it is done, and not with what.
        FrameSet unverified = end.state() == BatchEnd.State.COMPLETED ? missing : missing.intersect(end.finished());
        if (batch.collection.isUnlistable() && !unverified.isEmpty()) {
            farm.record(
                    job,
                    new JobTransition.FramesUnverified(
                            farm.now(), job.ledger.job(), batch.id(), batch.attempt(), unverified));
            blame.rendered(batch);
            unverified.forEach(frame -> {
                job.pace.frameDone(farm.nanos());
                reactions.frameDone(job, frame);
            });
            missing = missing.minus(unverified);
        }
        boolean released = batch.rebalancing.isMaybeShortened()
                && end.state() == BatchEnd.State.COMPLETED
                && missing.intersect(end.finished()).isEmpty();
        if (released) {
            // The node was asked to give frames up, and nobody heard that it did.
            shortened(batch, batch.frames().minus(missing));
            succeeded(batch);
        } else if (missing.isEmpty()) {
            succeeded(batch);
        } else if (batch.rebalancing.isWithdrawn() && end.state() == BatchEnd.State.CANCELLED) {
            end(batch, BatchOutcome.RETURNED, null);
        } else {
            failed(batch, reason(batch, end, missing));
        }
    }

    private static Failure reason(OpenBatch batch, BatchEnd end, FrameSet missing) {
        Failure failure = end.failure() == null ? batch.collection.fetchFailure() : end.failure();
        if (failure != null) {
            return failure;
        }
        if (end.state() == BatchEnd.State.CANCELLED) {
            return Failure.of(FailureKind.KILLED, "Somebody stopped the batch on its node.");
        }
        return Failure.of(
                FailureKind.FRAME_MISSING,
                "The node said that it rendered frames " + missing + " but does not have them.");
    }

    private void succeeded(OpenBatch batch) {
        farm.health.succeeded(batch.node);
        Duration rendered = batch.collection.rendered();
        if (!rendered.isZero() && batch.record.scene() != SceneUse.TO_BAKE) {
            Duration overhead = farm.since(batch.handover.sinceNanos()).minus(rendered);
            batch.job.pace.started(overhead);
            batch.job.load.started(overhead, batch.warm);
        }
        batch.node.endsWell(batch.job.scene(), farm.nanos());
        end(batch, BatchOutcome.COMPLETED, null);
    }

    /** The node or the batch on it is gone; what it has not delivered is rendered again. */
    void lost(OpenBatch batch, String cause) {
        batch.inLog(() -> log.warn("job {}: lost batch {}: {}", batch.job, batch, cause));
        slots.stop(batch);
        end(batch, BatchOutcome.LOST, Failure.of(FailureKind.NODE_LOST, cause));
    }

    /**
     * The node says that it does not know a batch which it took. After a restart that is so, and costs no try. If it says so of batch after
     * batch that it took since, the fault is its own.
     */
    void unknown(OpenBatch batch) {
        String cause = "Node " + batch.node + " does not know the batch any more.";
        if (farm.health.forgot(batch.node, batch.handover.sinceNanos())) {
            slots.stop(batch);
            failed(
                    batch,
                    Failure.of(FailureKind.NODE_LOST, cause + " It has said so of batch after batch that it took."));
        } else {
            lost(batch, cause);
        }
    }

    /** The node will not render this: it is never asked again for this job. */
    void rejected(OpenBatch batch, Failure failure) {
        ActiveJob job = batch.job;
        batch.inLog(() -> log.warn("job {}: {} refuses batch {}: {}", job, batch.node, batch, failure));
        boolean hopeless = blame.isHopelessWithout(job, batch.node, failure);
        end(batch, BatchOutcome.RETURNED, failure);
        if (hopeless || failure.kind().blame() == FailureKind.Blame.REQUEST) {
            fail(job, failure);
        } else {
            reconsiderLater(job);
        }
    }

    /** The node tried and did not render everything. What follows rests on the books of the batch, so it waits for them, too. */
    void failed(OpenBatch batch, Failure failure) {
        if (batch.collection.isPublishing()) {
            batch.collection.endsAfterwards(new FrameCollection.PendingEnd(null, failure));
            return;
        }
        ActiveJob job = batch.job;
        batch.inLog(() -> log.warn("job {}: batch {} failed: {}", job, batch, failure));
        if (failure.kind() == FailureKind.NODE_RESTARTED || failure.kind() == FailureKind.NODE_DRAINED) {
            end(batch, BatchOutcome.LOST, failure);
            return;
        }
        if (batch.watch.end() == null && STILL_RUNS.contains(failure.kind())) {
            slots.stop(batch);
        }
        FailureBlame.Course course = blame.on(batch, failure, reactions::workChanged);
        if (course == FailureBlame.Course.ASK_OTHERS) {
            rejected(batch, failure);
            return;
        }
        FrameSet missing = batch.unsettled();
        boolean returned = course == FailureBlame.Course.RETURN;
        end(batch, returned ? BatchOutcome.RETURNED : BatchOutcome.FAILED, failure);
        if (job.hasEndedOrEnds()) {
            return;
        }
        if (course == FailureBlame.Course.END_JOB) {
            Failure telling = job.failures.startup() == null
                    ? null
                    : job.failures.startup().telling();
            giveUp(job, telling == null ? failure : telling);
        } else if (returned) {
            rest(job, missing, retry.waitAfter(job.failures.batchFailed()));
            reconsiderLater(job);
        } else {
            goOn(job, missing, failure, course == FailureBlame.Course.GIVE_UP_FRAME);
            reconsiderLater(job);
        }
    }

    /** A file of a batch is published, or could not be: what waited for the books of the batch goes on once they are right. */
    void published(OpenBatch batch) {
        if (batch.collection.isPublishing()) {
            return;
        }
        FrameCollection.PendingEnd pending = batch.collection.takePendingEnd();
        Failure failure = pending == null ? null : pending.failure();
        if (pending != null && pending.outcome() != null) {
            end(batch, pending.outcome(), failure);
        } else if (failure != null) {
            failed(batch, failure);
        }
        closeIfStopped(batch.job);
    }

    /** Ends a job that nobody can render; where it has a single frame, that frame has failed. */
    private void giveUp(ActiveJob job, Failure failure) {
        FrameSet frames = job.ledger.request().frames();
        if (frames.size() == 1 && job.ledger.openBatches().isEmpty()) {
            farm.record(job, new JobTransition.FramesFailed(farm.now(), job.ledger.job(), frames, failure));
            progressed(job);
        }
        fail(job, failure);
    }

    private void goOn(ActiveJob job, FrameSet missing, Failure failure, boolean givenUp) {
        job.failures.batchFailed();
        Integer culprit = BatchLedger.culprit(failure, missing);
        int tries = culprit == null ? 1 : job.ledger.tries(culprit);
        if (culprit != null && (givenUp || retry.delay(tries, failure) == null)) {
            farm.record(
                    job, new JobTransition.FramesFailed(farm.now(), job.ledger.job(), FrameSet.of(culprit), failure));
            progressed(job);
        } else {
            rest(
                    job,
                    culprit == null ? missing : FrameSet.of(culprit),
                    retry.waitAfter(Math.max(tries, job.failures.inRow())));
        }
    }

    /** A job of which nothing is done yet is looked at again when its time is up, whatever else happens until then. */
    private void reconsiderLater(ActiveJob job) {
        StartupFailures startupFailures = job.failures.startup();
        if (startupFailures == null || job.failures.isLookedAtLater() || job.hasEndedOrEnds()) {
            return;
        }
        Duration left = farm.config.retry().hopelessAfter().minus(farm.since(startupFailures.since()));
        boolean early = left.compareTo(FRESH_PROGRESS) > 0;
        Duration wait = early ? left.minus(FRESH_PROGRESS) : FRESH_PROGRESS;
        job.failures.lookAgain(farm.loop.schedule(wait, () -> {
            job.failures.looked();
            Failure telling = job.failures.startup() == null
                    ? null
                    : job.failures.startup().telling();
            if (telling == null || job.hasEndedOrEnds() || farm.hasStoodDown()) {
                return;
            }
            if (!job.ledger.isPaused() && blame.isHopeless(job)) {
                job.inLog(() -> log.warn("job {}: nobody who can be had does better: {}", job, telling));
                giveUp(job, telling);
                return;
            }
            // Whether somebody renders it after all is to be known by then.
            job.openBatches().forEach(batch -> batch.watch.balanced(farm.nanos()));
            reconsiderLater(job);
            reactions.workChanged();
        }));
    }

    private void rest(ActiveJob job, FrameSet frames, Duration delay) {
        int maxBatch = job.ledger.waiting().maxBatch();
        job.ledger.waiting().rest(frames);
        farm.queue.update(job);
        long again = farm.nanos() + delay.toNanos();
        job.triesAgainAt(again);
        farm.loop.schedule(delay, () -> {
            job.triesAgain(again);
            job.ledger.waiting().wake(frames, maxBatch);
            farm.queue.update(job);
            reactions.workChanged();
        });
    }

    /** Closes the books of a batch. Waits for files that are just being published, so that the books are right. */
    void end(OpenBatch batch, BatchOutcome outcome, @Nullable Failure failure) {
        if (!batch.isOpen()) {
            return;
        }
        if (batch.collection.isPublishing()) {
            // What else waits for the books of this batch must not be lost.
            batch.collection.endsAfterwards(new FrameCollection.PendingEnd(outcome, failure));
            return;
        }
        batch.watch.stop();
        batch.clock.stop();
        boolean mayRunStill = outcome == BatchOutcome.CANCELLED && batch.mayRun();
        ActiveJob job = batch.job;
        farm.record(
                job,
                new JobTransition.BatchEnded(
                        farm.now(),
                        job.ledger.job(),
                        batch.id(),
                        batch.attempt(),
                        outcome,
                        failure,
                        batch.executedBy(),
                        batch.facts(farm.now(), farm.nanos())));
        if (!mayRunStill) {
            slots.release(batch);
        } else if (batch.handover.remote() != null) {
            slots.stop(batch);
        }
        progressed(job);
        reactions.workChanged();
    }

    /** A running batch goes on with fewer frames; the others wait again. */
    void shortened(OpenBatch batch, FrameSet kept) {
        if (batch.isOpen() && !batch.frames().minus(kept).isEmpty()) {
            farm.record(
                    batch.job,
                    new JobTransition.BatchShortened(
                            farm.now(), batch.job.ledger.job(), batch.id(), batch.attempt(), kept));
            reactions.workChanged();
        }
    }

    /** A frame is accepted; another node that renders it need not go on. */
    void accepted(OpenBatch by, int frame) {
        ActiveJob job = by.job;
        blame.rendered(by);
        reactions.frameDone(job, frame);
        OpenBatch twin = job.twinOf(by);
        if (twin != null && twin.frames().contains(frame) && twin.unsettled().isEmpty()) {
            end(twin, BatchOutcome.CANCELLED, null);
        }
        progressed(job);
    }

    /** Something of the job is done: reports that, and sees whether all is. */
    void progressed(ActiveJob job) {
        progress.changed(job);
        if (!job.hasEndedOrEnds() && job.ledger.isExhausted()) {
            boolean complete = job.ledger.failed().isEmpty();
            closing.close(job, complete ? JobState.COMPLETED : JobState.FAILED, complete ? null : job.ledger.failure());
        }
    }

    /** Ends a job as failed; what runs of it is stopped. */
    void fail(ActiveJob job, Failure failure) {
        stopAll(job, JobState.FAILED, failure);
    }

    /** Ends a job because somebody wants it so. */
    void cancel(ActiveJob job) {
        stopAll(job, JobState.CANCELLED, Failure.of(FailureKind.CANCELLED, "Somebody cancelled the job."));
    }

    private void stopAll(ActiveJob job, JobState state, Failure failure) {
        if (job.hasEndedOrEnds()) {
            return;
        }
        job.stopsAs(new ActiveJob.Stop(state, failure));
        farm.queue.update(job);
        List.copyOf(job.openBatches()).forEach(batch -> end(batch, BatchOutcome.CANCELLED, null));
        closeIfStopped(job);
    }

    /** Closes a job that is to be stopped, once nothing of it is open. */
    private void closeIfStopped(ActiveJob job) {
        ActiveJob.Stop stop = job.stop();
        if (stop != null && job.ledger.openBatches().isEmpty()) {
            closing.close(job, stop.state(), stop.failure());
        }
    }
}
