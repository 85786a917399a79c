package io.renderfleet.testkit.sim;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderJob;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks after each step that what the store keeps, and what the engine shows, obeys the rules of a farm. */
final class StoreChecks {
    private static final int BATCHES_SHOWN = 1_000;

    private final FirstViolation violation;
    private final SimOutputs outputs;
    private final Map<URI, Integer> slots;
    private final Set<URI> listless;
    private final boolean lies;
    private final Map<JobId, JobBook> jobs = new LinkedHashMap<>();
    private final Map<URI, Integer> openOn = new LinkedHashMap<>();
    private long batches;
    private long lastSeq;
    private long lastEpoch;

    /**
     * Begins with an empty store.
     *
     * @param slots how many batches each target takes
     * @param listless the targets that cannot list what they rendered
     * @param lies whether nodes may claim frames that they do not have
     */
    StoreChecks(
            FirstViolation violation, SimOutputs outputs, Map<URI, Integer> slots, Set<URI> listless, boolean lies) {
        this.violation = violation;
        this.outputs = outputs;
        this.slots = slots;
        this.listless = listless;
        this.lies = lies;
    }

    long batches() {
        return batches;
    }

    boolean allEnded() {
        return jobs.values().stream().allMatch(job -> job.end() != null);
    }

    /** A transition is durable. */
    void kept(JobTransition transition) {
        if (transition instanceof JobTransition.JobSubmitted submitted) {
            JobBook before = jobs.put(submitted.job(), new JobBook(submitted, violation, outputs));
            violation.holds(before == null, "a job is submitted twice: " + submitted.job());
            return;
        }
        if (transition instanceof JobTransition.JobForgotten) {
            jobs.remove(transition.job());
            return;
        }
        JobBook job = jobs.get(transition.job());
        if (job == null) {
            violation.broken("something happens in a job that is not known: " + TraceText.of(transition));
            return;
        }
        if (transition instanceof JobTransition.BatchEnded over) {
            ended(job, over);
        }
        if (transition instanceof JobTransition.FramesUnverified frames) {
            unverified(job, frames);
        }
        job.apply(transition);
        if (transition instanceof JobTransition.BatchDispatched dispatched) {
            dispatched(dispatched);
        }
    }

    private void dispatched(JobTransition.BatchDispatched dispatched) {
        batches++;
        long seq = dispatched.attempt().seq();
        long epoch = dispatched.attempt().epoch();
        violation.holds(seq > lastSeq, "an attempt number is used again: " + TraceText.of(dispatched));
        violation.holds(epoch >= lastEpoch, "an attempt has an old epoch: " + TraceText.of(dispatched));
        lastSeq = Math.max(lastSeq, seq);
        lastEpoch = Math.max(lastEpoch, epoch);
        int held = openOn.merge(dispatched.target(), 1, Integer::sum);
        int most = slots.getOrDefault(dispatched.target(), Integer.MAX_VALUE);
        violation.holds(
                held <= most,
                "a node of " + most + " slots gets batch number " + held + ": " + TraceText.of(dispatched));
    }

    private void unverified(JobBook job, JobTransition.FramesUnverified frames) {
        JobBook.OpenBatch batch = job.open().get(frames.batch());
        boolean mayBe = batch == null || listless.contains(batch.target());
        violation.holds(mayBe, "frames stay unverified although their node lists them: " + TraceText.of(frames));
    }

    private void ended(JobBook job, JobTransition.BatchEnded over) {
        JobBook.OpenBatch batch = job.open().get(over.batch());
        if (batch != null) {
            openOn.merge(batch.target(), -1, Integer::sum);
        }
        boolean falselyMissing = over.outcome() == BatchOutcome.FAILED
                && over.failure() != null
                && over.failure().kind() == FailureKind.FRAME_MISSING
                && !lies;
        violation.holds(!falselyMissing, "a node is blamed for frames that it never claimed: " + TraceText.of(over));
    }

    /** Checks what the engine shows of its jobs against what must hold at any moment. */
    void shown(List<RenderJob> shown) {
        for (RenderJob job : shown) {
            if (!job.state().hasEnded() && job.batches().size() < BATCHES_SHOWN) {
                accountedFor(job);
            }
        }
    }

    private void accountedFor(RenderJob job) {
        FrameSet open = FrameSet.empty();
        for (Batch batch : job.batches()) {
            boolean isOpen = batch.state() == Batch.State.DISPATCHED
                    || batch.state() == Batch.State.RUNNING
                    || batch.state() == Batch.State.COLLECTING;
            open = isOpen ? open.union(batch.frames()) : open;
        }
        FrameSet settled = job.accepted().union(job.unverified()).union(job.failed());
        FrameSet all = job.request().frames();
        FrameSet lost = all.minus(settled).minus(open).minus(job.waiting());
        violation.holds(lost.isEmpty(), "frames " + lost + " of " + job.id() + " are nowhere");
        FrameSet twice = job.waiting().intersect(settled.union(open));
        violation.holds(twice.isEmpty(), "frames " + twice + " of " + job.id() + " wait and are elsewhere");
        FrameSet foreign = job.waiting().union(settled).minus(all);
        violation.holds(foreign.isEmpty(), "frames " + foreign + " of " + job.id() + " were never asked for");
        int sum = job.accepted().size() + job.unverified().size() + job.failed().size();
        violation.holds(sum == settled.size(), "frames of " + job.id() + " are settled in two ways");
    }

    /** Checks what a new coordinator shows against what the store has kept. */
    void takenUp(List<RenderJob> shown) {
        Map<JobId, RenderJob> known = new LinkedHashMap<>();
        shown.forEach(job -> known.put(job.id(), job));
        jobs.forEach((id, book) -> {
            RenderJob job = known.get(id);
            if (job == null) {
                violation.broken("job " + id + " is not known after a change of coordinators");
                return;
            }
            FrameSet lost = book.accepted().minus(job.accepted());
            violation.holds(lost.isEmpty(), "accepted frames " + lost + " of " + id + " are forgotten");
            boolean stillEnded = book.end() == null || job.state() == book.end();
            violation.holds(stillEnded, "job " + id + " had ended " + book.end() + " and is now " + job.state());
        });
    }
}
