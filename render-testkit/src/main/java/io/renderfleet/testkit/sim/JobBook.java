package io.renderfleet.testkit.sim;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.OutputFile;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the store has kept of a job, booked a second time and independently of the engine, to see whether each transition may follow
 * those before it.
 */
final class JobBook {
    private final JobTransition.JobSubmitted submitted;
    private final FirstViolation violation;
    private final SimOutputs outputs;
    private final Map<BatchId, OpenBatch> open = new LinkedHashMap<>();
    private FrameSet accepted = FrameSet.empty();
    private FrameSet unverified = FrameSet.empty();
    private FrameSet failed = FrameSet.empty();
    private @Nullable JobState end;
    private int lastBatch;

    /** A batch that has been dispatched and has not ended. */
    record OpenBatch(JobTransition.BatchDispatched dispatched, FrameSet frames) {
        URI target() {
            return dispatched.target();
        }
    }

    JobBook(JobTransition.JobSubmitted submitted, FirstViolation violation, SimOutputs outputs) {
        this.submitted = submitted;
        this.violation = violation;
        this.outputs = outputs;
    }

    Map<BatchId, OpenBatch> open() {
        return open;
    }

    FrameSet accepted() {
        return accepted;
    }

    @Nullable JobState end() {
        return end;
    }

    private FrameSet all() {
        return submitted.request().frames();
    }

    private void holds(boolean condition, JobTransition by, String what) {
        violation.holds(condition, what + ": " + TraceText.of(by));
    }

    void apply(JobTransition transition) {
        boolean reopens = transition instanceof JobTransition.FramesRetried;
        holds(end == null || reopens, transition, "something happens in a job that has ended");
        if (transition instanceof JobTransition.BatchDispatched dispatched) {
            dispatched(dispatched);
        } else if (transition instanceof JobTransition.BatchAccepted taken) {
            holds(open.containsKey(taken.batch()), taken, "a batch is taken that is not open");
        } else if (transition instanceof JobTransition.BatchShortened shortened) {
            shortened(shortened);
        } else if (transition instanceof JobTransition.FramesAccepted frames) {
            frames.frames().forEach(frame -> accepted(frames, frame));
        } else if (transition instanceof JobTransition.FramesUnverified frames) {
            holds(open.containsKey(frames.batch()), frames, "frames of a batch that is not open become unverified");
            FrameSet twice = frames.frames().intersect(accepted.union(unverified));
            holds(twice.isEmpty(), frames, "frames are done twice");
            unverified = unverified.union(frames.frames());
        } else if (transition instanceof JobTransition.BatchEnded over) {
            holds(open.remove(over.batch()) != null, over, "a batch ends that is not open");
            holds(
                    over.outcome() != BatchOutcome.COMPLETED || over.failure() == null,
                    over,
                    "a batch is completed and has failed");
        } else if (transition instanceof JobTransition.FramesFailed frames) {
            holds(
                    frames.frames().intersect(accepted.union(unverified)).isEmpty(),
                    frames,
                    "frames are given up that are done");
            failed = failed.union(frames.frames());
        } else if (transition instanceof JobTransition.FramesRetried frames) {
            failed = failed.minus(frames.frames());
            end = null;
        } else if (transition instanceof JobTransition.JobEnded over) {
            ended(over);
        }
    }

    private void dispatched(JobTransition.BatchDispatched sent) {
        int number = Integer.parseInt(sent.batch().value());
        holds(number > lastBatch, sent, "a batch number is used again");
        lastBatch = Math.max(lastBatch, number);
        holds(!sent.frames().isEmpty(), sent, "an empty batch is dispatched");
        holds(all().containsAll(sent.frames()), sent, "frames are dispatched that nobody asked for");
        holds(sent.frames().intersect(accepted).isEmpty(), sent, "accepted frames are dispatched again");
        holds(sent.frames().intersect(unverified).isEmpty(), sent, "rendered frames are dispatched again");
        holds(sent.frames().intersect(failed).isEmpty(), sent, "frames are dispatched that were given up");
        BatchId beside = sent.speculationOn();
        for (Map.Entry<BatchId, OpenBatch> other : open.entrySet()) {
            FrameSet common = other.getValue().frames().intersect(sent.frames());
            boolean meant = other.getKey().equals(beside);
            holds(meant || common.isEmpty(), sent, "frames of open batch " + other.getKey() + " are dispatched again");
        }
        open.put(sent.batch(), new OpenBatch(sent, sent.frames()));
    }

    private void shortened(JobTransition.BatchShortened shortened) {
        OpenBatch batch = open.get(shortened.batch());
        holds(batch != null, shortened, "a batch is shortened that is not open");
        if (batch != null) {
            FrameSet kept = batch.frames().intersect(shortened.kept());
            open.put(shortened.batch(), new OpenBatch(batch.dispatched(), kept));
        }
    }

    private void accepted(JobTransition.FramesAccepted by, FrameOutput frame) {
        OpenBatch batch = open.get(by.batch());
        holds(batch != null, by, "a frame of a batch that is not open is accepted");
        holds(
                batch == null || batch.dispatched().attempt().equals(by.attempt()),
                by,
                "a frame is accepted from another attempt than its batch's");
        holds(
                batch == null || batch.dispatched().frames().contains(frame.frame()),
                by,
                "a frame is accepted that is not of the batch");
        holds(!accepted.contains(frame.frame()), by, "a frame is accepted twice");
        holds(!unverified.contains(frame.frame()), by, "a frame is done twice");
        holds(!failed.contains(frame.frame()), by, "a frame is accepted that was given up");
        OutputFile published = outputs.file(by.job(), frame.main().name());
        holds(frame.main().equals(published), by, "a frame is accepted that is not what is published");
        accepted = accepted.union(FrameSet.of(frame.frame()));
    }

    private void ended(JobTransition.JobEnded over) {
        holds(open.isEmpty(), over, "a job ends while batches " + open.keySet() + " are open");
        end = over.state();
        FrameSet left = all().minus(accepted).minus(unverified);
        if (over.state() == JobState.COMPLETED) {
            holds(left.isEmpty(), over, "a job is completed without frames " + left);
            holds(over.failure() == null, over, "a completed job has a failure");
        } else if (over.state() == JobState.FAILED) {
            holds(!left.isEmpty(), over, "a job has failed that has all its frames");
            holds(over.failure() != null, over, "a job has failed for no reason");
        } else {
            holds(over.state() == JobState.CANCELLED, over, "a job ends in a state that is no end");
            holds(
                    over.failure() != null && over.failure().kind() == FailureKind.CANCELLED,
                    over,
                    "a job is cancelled for another reason");
        }
    }
}
