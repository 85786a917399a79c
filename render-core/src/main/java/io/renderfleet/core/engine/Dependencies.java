package io.renderfleet.core.engine;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What waits for what: whole jobs for jobs, and frames for the same frames of other jobs. Belongs to the loop. */
final class Dependencies {
    private final Farm farm;
    private final BatchCloser batchCloser;
    private final Map<JobId, Set<ActiveJob>> waiters = new HashMap<>();

    Dependencies(Farm farm, BatchCloser batchCloser) {
        this.farm = farm;
        this.batchCloser = batchCloser;
    }

    /** All jobs that a request waits for, in one way or the other. */
    static Set<JobId> of(RenderRequest request) {
        Set<JobId> all = new HashSet<>(request.after());
        all.addAll(request.afterFrames());
        return all;
    }

    /** A job begins to wait, if there is anything to wait for. */
    void admit(ActiveJob job) {
        for (JobId before : of(job.ledger.request())) {
            waiters.computeIfAbsent(before, id -> new LinkedHashSet<>()).add(job);
        }
        for (JobId before : job.ledger.request().afterFrames()) {
            ActiveJob other = farm.jobs.get(before);
            if (other != null && other.ledger.state() != JobState.COMPLETED) {
                job.ledger.waiting().rest(notDone(other));
            }
        }
        look(job);
    }

    /** A frame is done: the same frame of other jobs may go. Gives whether one does. */
    boolean done(ActiveJob job, int frame) {
        boolean freed = false;
        for (ActiveJob waiter : List.copyOf(waiters.getOrDefault(job.ledger.job(), Set.of()))) {
            if (waiter.ledger.request().afterFrames().contains(job.ledger.job()) && isFree(waiter, frame)) {
                waiter.ledger.waiting().wake(FrameSet.of(frame), Integer.MAX_VALUE);
                farm.queue.update(waiter);
                freed = true;
            }
        }
        return freed;
    }

    /** A job is over: those that waited for it go, or end. */
    void ended(ActiveJob job) {
        dependenciesOf(job)
                .forEach(before -> waiters.getOrDefault(before, new HashSet<>()).remove(job));
        Set<ActiveJob> waiting = waiters.remove(job.ledger.job());
        if (waiting != null) {
            List.copyOf(waiting).forEach(this::look);
        }
    }

    private static Set<JobId> dependenciesOf(ActiveJob job) {
        return of(job.ledger.request());
    }

    private boolean isFree(ActiveJob waiter, int frame) {
        return waiter.ledger.request().afterFrames().stream()
                .map(farm.jobs::get)
                .allMatch(other -> other == null
                        || other.ledger.isDone(frame)
                        || !other.ledger.request().frames().contains(frame));
    }

    private void look(ActiveJob job) {
        if (job.hasEndedOrEnds()) {
            return;
        }
        boolean waits = false;
        for (JobId before : job.ledger.request().after()) {
            JobState state = stateOf(before);
            if (isMissed(state)) {
                batchCloser.fail(job, missed(before, state));
                return;
            }
            waits |= !state.hasEnded();
        }
        job.waitsForOthers(waits);
        farm.queue.update(job);
        job.ledger.request().afterFrames().forEach(before -> giveUpMissed(job, before));
    }

    /** Frames that waited for frames which will never come are given up. */
    private void giveUpMissed(ActiveJob job, JobId before) {
        ActiveJob other = farm.jobs.get(before);
        JobState state = stateOf(before);
        if (other == null || !isMissed(state)) {
            return;
        }
        FrameSet lost = job.ledger.unsettled(job.ledger.request().frames()).intersect(notDone(other));
        if (!lost.isEmpty()) {
            farm.record(job, new JobTransition.FramesFailed(farm.now(), job.ledger.job(), lost, missed(before, state)));
            batchCloser.progressed(job);
        }
    }

    private static FrameSet notDone(ActiveJob job) {
        BatchLedger ledger = job.ledger;
        return ledger.request().frames().minus(ledger.accepted()).minus(ledger.unverified());
    }

    private JobState stateOf(JobId id) {
        ActiveJob job = farm.jobs.get(id);
        return job == null ? JobState.COMPLETED : job.ledger.state();
    }

    private static boolean isMissed(JobState state) {
        return state == JobState.FAILED || state == JobState.CANCELLED;
    }

    private static Failure missed(JobId before, JobState state) {
        return Failure.of(
                FailureKind.DEPENDENCY_FAILED,
                "Job " + before + ", which this one waits for, is " + state.wireName() + ".");
    }
}
