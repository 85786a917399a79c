package io.renderfleet.core.engine;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.FrameTable;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderWarning;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The books of one job: which frames wait, which are on a node, which are done, and which are given up.
 *
 * <p>A pure state machine. {@link #apply} is the only way in which it changes, so that replaying the transitions that a store kept
 * gives the very same books. Each frame is at any time in exactly one of: waiting, resting (to be tried later), in an open batch,
 * accepted, unverified, failed; deliberate speculation has it in two batches.
 *
 * <p>Belongs to the loop.
 */
final class BatchLedger {
    private final JobId job;
    private final RenderRequest request;
    private final Path folder;
    private final Instant submittedAt;
    private Instant begunAt;
    private final WaitingFrames waiting;
    private final FrameBits accepted;
    private final FrameBits unverified;
    private final FrameBits failed;
    private final FrameTable.Builder outputs = new FrameTable.Builder();
    private final Map<Integer, Integer> triesOfFrame = new HashMap<>();
    private final Map<BatchId, BatchRecord> open = new LinkedHashMap<>();
    private final List<RenderWarning> warnings = new ArrayList<>();
    private @Nullable FrameRate frameRate;
    private @Nullable BakedScene baked;
    private int batches;

    /** Of a batch and its speculation each the other, as long as the one under whose name it stands here is open. */
    private final Map<BatchId, BatchId> twins = new HashMap<>();

    private int priority;
    private boolean paused;
    private boolean started;
    private @Nullable JobState end;
    private @Nullable Failure failure;
    private @Nullable Instant endedAt;

    BatchLedger(JobTransition.JobSubmitted submitted) {
        this.job = submitted.job();
        this.request = submitted.request();
        this.folder = submitted.folder();
        this.submittedAt = submitted.at();
        this.begunAt = submittedAt;
        this.priority = request.priority();
        this.waiting = new WaitingFrames(request.frames());
        this.accepted = new FrameBits(request.frames());
        this.unverified = new FrameBits(request.frames());
        this.failed = new FrameBits(request.frames());
    }

    void apply(JobTransition transition) {
        if (transition instanceof JobTransition.BatchDispatched dispatched) {
            dispatched(dispatched);
        } else if (transition instanceof JobTransition.BatchAccepted taken) {
            record(taken.batch()).accepted(taken);
        } else if (transition instanceof JobTransition.BatchShortened shortened) {
            BatchRecord record = record(shortened.batch());
            FrameSet released = record.frames().minus(shortened.kept());
            record.shortened(shortened);
            waiting.addFirst(withoutTwin(record, released), Integer.MAX_VALUE);
        } else if (transition instanceof JobTransition.FramesAccepted frames) {
            frames.frames().forEach(this::accept);
        } else if (transition instanceof JobTransition.FramesUnverified frames) {
            unverified.addAll(frames.frames());
        } else if (transition instanceof JobTransition.BatchEnded over) {
            batchEnded(over);
        } else if (transition instanceof JobTransition.FramesFailed frames) {
            failed.addAll(frames.frames());
            waiting.remove(frames.frames());
            failure = failure == null ? frames.failure() : failure;
        } else if (transition instanceof JobTransition.FramesRetried frames) {
            retried(frames);
        } else if (transition instanceof JobTransition.JobWarned warned) {
            warned.warnings().stream().filter(this::isNews).forEach(warnings::add);
        } else if (transition instanceof JobTransition.SceneReported report) {
            frameRate = report.frameRate() == null ? frameRate : report.frameRate();
            baked = report.baked() == null ? baked : report.baked();
        } else if (transition instanceof JobTransition.JobPaused) {
            paused = true;
        } else if (transition instanceof JobTransition.JobResumed) {
            paused = false;
        } else if (transition instanceof JobTransition.JobReprioritized changed) {
            priority = changed.priority();
        } else if (transition instanceof JobTransition.JobEnded over) {
            end = over.state();
            endedAt = over.at();
            failure = over.failure();
            waiting.clear();
        } else {
            throw new IllegalArgumentException("job " + job + " does not know how to take " + transition);
        }
    }

    private void dispatched(JobTransition.BatchDispatched dispatched) {
        batches = Math.max(batches, Integer.parseInt(dispatched.batch().value()));
        started = true;
        if (dispatched.speculationOn() != null) {
            twins.put(dispatched.batch(), dispatched.speculationOn());
            twins.put(dispatched.speculationOn(), dispatched.batch());
        } else if (waiting.head().containsAll(dispatched.frames())) {
            waiting.removeFromHead(dispatched.frames());
        } else {
            waiting.remove(dispatched.frames());
        }
        open.put(dispatched.batch(), new BatchRecord(dispatched));
    }

    private void accept(FrameOutput output) {
        if (accepted.add(output.frame())) {
            outputs.add(output);
        }
    }

    private void batchEnded(JobTransition.BatchEnded over) {
        BatchRecord record = record(over.batch());
        record.ended(over);
        open.remove(over.batch());
        FrameSet missing = withoutTwin(record, unsettled(record.frames()));
        twins.remove(over.batch());
        Failure why = over.failure();
        int maxBatch = Integer.MAX_VALUE;
        if (over.outcome() == BatchOutcome.FAILED && why != null) {
            Integer culprit = culprit(why, missing);
            if (culprit != null) {
                triesOfFrame.merge(culprit, 1, Integer::sum);
            } else if (why.kind().blame() != FailureKind.Blame.COORDINATOR) {
                maxBatch = Math.max(1, (missing.size() + 1) / 2);
            }
        }
        waiting.addFirst(missing, maxBatch);
    }

    private void retried(JobTransition.FramesRetried retry) {
        FrameSet frames = retry.frames();
        begunAt = end == null ? begunAt : retry.at();
        failed.removeAll(frames);
        frames.forEach(triesOfFrame::remove);
        waiting.addLast(frames, Integer.MAX_VALUE);
        end = null;
        endedAt = null;
        failure = null;
    }

    /** The frame that a failure is to be counted against: the one it names, or the only one that is missing. */
    static @Nullable Integer culprit(Failure why, FrameSet missing) {
        Integer named = why.frame();
        if (named != null && missing.contains(named)) {
            return named;
        }
        return missing.size() == 1 ? missing.first() : null;
    }

    private BatchRecord record(BatchId batch) {
        BatchRecord record = open.get(batch);
        if (record == null) {
            throw new IllegalStateException("job " + job + " has no open batch " + batch);
        }
        return record;
    }

    /** Leaves away what another open batch renders too, which is so with speculation only. */
    private FrameSet withoutTwin(BatchRecord record, FrameSet frames) {
        BatchRecord twin = twin(record);
        return twin == null ? frames : frames.minus(twin.frames());
    }

    JobId job() {
        return job;
    }

    RenderRequest request() {
        return request;
    }

    Path folder() {
        return folder;
    }

    Instant submittedAt() {
        return submittedAt;
    }

    /** From when its deadline counts: its submission, or when it was last taken up again after its end. */
    Instant begunAt() {
        return begunAt;
    }

    int priority() {
        return priority;
    }

    /** The frames that wait. Which of them rest is no matter of the books: the engine may have them rest and wake. */
    WaitingFrames waiting() {
        return waiting;
    }

    boolean isPaused() {
        return paused;
    }

    boolean hasEnded() {
        return end != null;
    }

    /** The open batch that renders frames of this one a second time, or of which this one does so; null if there is none. */
    @Nullable BatchRecord twin(BatchRecord record) {
        BatchId twin = twins.get(record.id());
        return twin == null ? null : open.get(twin);
    }

    /** Whether another open batch renders frames of this one a second time, or this one is such a batch. */
    boolean isSpeculated(BatchRecord record) {
        return record.speculationOn() != null || twin(record) != null;
    }

    BatchId nextBatch() {
        return new BatchId(Integer.toString(batches + 1));
    }

    Collection<BatchRecord> openBatches() {
        return open.values();
    }

    @Nullable BatchRecord openBatch(BatchId batch) {
        return open.get(batch);
    }

    int tries(int frame) {
        return triesOfFrame.getOrDefault(frame, 0);
    }

    /** The how-manieth try of frames this would be: one more than the most that any of them has had. */
    int nextTry(FrameSet frames) {
        int tries = 0;
        if (!triesOfFrame.isEmpty()) {
            for (int frame : frames) {
                tries = Math.max(tries, tries(frame));
            }
        }
        return tries + 1;
    }

    /** The frames that are neither accepted nor unverified nor given up. */
    FrameSet unsettled(FrameSet frames) {
        boolean someAre = done() > 0 || failed.size() > 0;
        if (!someAre || frames.stream().noneMatch(this::isSettled)) {
            return frames;
        }
        return FrameSet.of(frames.stream().filter(frame -> !isSettled(frame)).toArray());
    }

    /** Whether it is accepted or, where nobody can look, said to be done. */
    boolean isDone(int frame) {
        return accepted.contains(frame) || unverified.contains(frame);
    }

    boolean isSettled(int frame) {
        return accepted.contains(frame) || unverified.contains(frame) || failed.contains(frame);
    }

    /** Nothing waits, rests or is on a node: the job can end. */
    boolean isExhausted() {
        return waiting.holdsNothing() && open.isEmpty();
    }

    FrameSet accepted() {
        return accepted.value();
    }

    FrameSet unverified() {
        return unverified.value();
    }

    FrameSet failed() {
        return failed.value();
    }

    int done() {
        return accepted.size() + unverified.size();
    }

    @Nullable Failure failure() {
        return failure;
    }

    /** What an artist should know, in the order in which it was noticed. */
    List<RenderWarning> warnings() {
        return List.copyOf(warnings);
    }

    /** How many frames its film shows in a second; null where nobody has told. */
    @Nullable FrameRate frameRate() {
        return frameRate;
    }

    /** The scene with its simulations baked; null where there is none. */
    @Nullable BakedScene baked() {
        return baked;
    }

    /** Whether a warning says what no other one has said, and there is room for it. */
    boolean isNews(RenderWarning warning) {
        return warnings.size() < RenderWarning.MAX_KEPT && warnings.stream().noneMatch(warning::saysTheSameAs);
    }

    @Nullable Instant endedAt() {
        return endedAt;
    }

    /** The accepted frames with their files, by frame number. */
    FrameTable outputs() {
        return outputs.build();
    }

    @Nullable FrameOutput output(int frame) {
        return outputs.get(frame);
    }

    JobState state() {
        if (end != null) {
            return end;
        }
        return paused ? JobState.PAUSED : started ? JobState.RUNNING : JobState.QUEUED;
    }

    FrameSet allWaiting() {
        return waiting.all();
    }
}
