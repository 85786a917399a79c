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

    /** Since when frames wait that have been on a node before, or were given up. */
    private final Map<Integer, Instant> waitsAgain = new HashMap<>();

    private final Map<BatchId, BatchRecord> open = new LinkedHashMap<>();
    private final List<RenderWarning> warnings = new ArrayList<>();
    private @Nullable FrameRate frameRate;
    private @Nullable BakedScene baked;
    private final Entries entries = new Entries();
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
        transition.match(entries);
    }

    /** What each kind of transition means for the books. */
    private final class Entries implements JobTransition.Cases {
        @Override
        public void onJobSubmitted(JobTransition.JobSubmitted it) {
            throw new IllegalArgumentException("job " + job + " is in the books already: " + it);
        }

        @Override
        public void onBatchDispatched(JobTransition.BatchDispatched it) {
            dispatched(it);
        }

        @Override
        public void onBatchAccepted(JobTransition.BatchAccepted it) {
            record(it.batch()).accepted(it);
        }

        @Override
        public void onBatchShortened(JobTransition.BatchShortened it) {
            BatchRecord record = record(it.batch());
            FrameSet released = record.frames().minus(it.kept());
            record.shortened(it);
            FrameSet again = withoutTwin(record, released);
            waitsAgain(again, it.at());
            waiting.addFirst(again, Integer.MAX_VALUE);
        }

        @Override
        public void onFramesAccepted(JobTransition.FramesAccepted it) {
            BatchRecord record = open.get(it.batch());
            it.frames().forEach(output -> accept(output.by(it.attempt()), record));
        }

        @Override
        public void onFramesUnverified(JobTransition.FramesUnverified it) {
            unverified.addAll(it.frames());
        }

        @Override
        public void onBatchEnded(JobTransition.BatchEnded it) {
            batchEnded(it);
        }

        @Override
        public void onFramesFailed(JobTransition.FramesFailed it) {
            failed.addAll(it.frames());
            waiting.remove(it.frames());
            failure = failure == null ? it.failure() : failure;
        }

        @Override
        public void onFramesRetried(JobTransition.FramesRetried it) {
            retried(it);
        }

        @Override
        public void onJobWarned(JobTransition.JobWarned it) {
            it.warnings().stream().filter(BatchLedger.this::isNews).forEach(warnings::add);
        }

        @Override
        public void onSceneReported(JobTransition.SceneReported it) {
            frameRate = it.frameRate() == null ? frameRate : it.frameRate();
            baked = it.baked() == null ? baked : it.baked();
        }

        @Override
        public void onJobPaused(JobTransition.JobPaused it) {
            paused = true;
        }

        @Override
        public void onJobResumed(JobTransition.JobResumed it) {
            paused = false;
        }

        @Override
        public void onJobReprioritized(JobTransition.JobReprioritized it) {
            priority = it.priority();
        }

        @Override
        public void onJobEnded(JobTransition.JobEnded it) {
            end = it.state();
            endedAt = it.at();
            failure = it.failure();
            waiting.clear();
            waitsAgain.clear();
        }

        @Override
        public void onJobForgotten(JobTransition.JobForgotten it) {
            throw new IllegalArgumentException("job " + job + " cannot forget itself: " + it);
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
        Instant queuedAt = dispatched.speculationOn() == null ? queuedAt(dispatched.frames()) : dispatched.at();
        open.put(dispatched.batch(), new BatchRecord(dispatched, queuedAt));
    }

    private void waitsAgain(FrameSet frames, Instant at) {
        frames.forEach(frame -> waitsAgain.put(frame, at));
    }

    /** Since when the last of these frames has waited. */
    private Instant queuedAt(FrameSet frames) {
        Instant since = begunAt;
        if (waitsAgain.isEmpty()) {
            return since;
        }
        for (int frame : frames) {
            Instant again = waitsAgain.remove(frame);
            since = again != null && again.isAfter(since) ? again : since;
        }
        return since;
    }

    private void accept(FrameOutput output, @Nullable BatchRecord record) {
        if (accepted.add(output.frame())) {
            outputs.add(output);
            if (record != null) {
                record.delivered(output.frame());
            }
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
        waitsAgain(missing, over.at());
        waiting.addFirst(missing, maxBatch);
    }

    private void retried(JobTransition.FramesRetried retry) {
        FrameSet frames = retry.frames();
        begunAt = end == null ? begunAt : retry.at();
        failed.removeAll(frames);
        frames.forEach(triesOfFrame::remove);
        waitsAgain(frames, retry.at());
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

    /** The number of the next try of frames: one more than the most that any of them has had. */
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

    /** How many frames its film shows in a second; null where no node has reported it. */
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
    /** How many bytes the accepted frames take with their files. */
    long outputBytes() {
        return outputs.bytes();
    }

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
