package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.engine.node.Requirement;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.log.LogContext;
import io.renderfleet.core.loop.LoopTimer;
import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchAttempt;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobHistory;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.Progress;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Waiting;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.RemoteJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A job as the engine works on it: its books, and what is known beside them. Belongs to the loop; outside the engine it is a name for the job. */
public final class ActiveJob {
    private static final long WATCHED = Duration.ofSeconds(30).toNanos();

    final BatchLedger ledger;
    final long number;
    final BatchSplitter splitter;
    final Pace pace;
    final Requirement requirement;
    final BakePlan bake;
    final FirstLook firstLook;

    /** What it can come to, in bytes; files beyond one a frame left out. */
    final long memory;

    private final Map<BatchId, OpenBatch> open = new LinkedHashMap<>();
    private final BatchHistory history;
    private CompletableFuture<RenderResult> completion = new CompletableFuture<>();
    final List<Consumer<Progress>> progressListeners = new ArrayList<>();

    final QueuePlace place = new QueuePlace();
    final FrameWeight weight = new FrameWeight();
    final JobNodes nodes = new JobNodes();
    final LoadTime load = new LoadTime();
    final JobFailures failures = new JobFailures();
    final SpeculationBudget speculations = new SpeculationBudget();
    private final PriorityQueue<Long> nextTries = new PriorityQueue<>();
    private boolean committed;
    private boolean waitsForOthers;
    private boolean ending;
    private boolean endIsDurable;
    private @Nullable Stop stop;
    private @Nullable LoopTimer deadline;
    private @Nullable Long watchedAt;

    ActiveJob(BatchLedger ledger, long number, BatchSplitter splitter, BatchHistory history, long nowNanos) {
        this.history = history;
        this.ledger = ledger;
        this.number = number;
        this.splitter = splitter;
        this.pace = new Pace(nowNanos);
        this.requirement = Requirement.of(ledger.request());
        this.bake = new BakePlan(this);
        this.firstLook = new FirstLook(ledger.request());
        this.memory = JobMemory.of(ledger.request());
    }

    /** How a job is to end once nothing of it is open any more. */
    record Stop(JobState state, Failure failure) {}

    /** Nothing of it goes out any more; once nothing of it is open, it ends. */
    void stopsAs(Stop how) {
        ending = true;
        stop = how;
    }

    /** What a batch takes on a node beyond its frames; null before anything was measured. */
    @Nullable Duration startTime(NodeEntry node, long nowNanos) {
        Double apart = load.start(node.hasLoaded(scene(), nowNanos));
        return apart == null ? pace.startTime() : Duration.ofNanos((long) (apart * 1e9));
    }

    /** Its end is being written down. */
    void closes() {
        stop = null;
        ending = true;
        if (deadline != null) {
            deadline.cancel();
        }
    }

    void closed() {
        ending = false;
    }

    /** Its end is in the store. */
    void endIsDurable() {
        endIsDurable = true;
    }

    /** How it stands for those outside: an end that a crash could take back is none yet. */
    JobState state() {
        return mayNotEnd() ? JobState.RUNNING : ledger.state();
    }

    /** The frames that wait, for those outside. */
    FrameSet waiting() {
        return mayNotEnd()
                ? ledger.request()
                        .frames()
                        .minus(ledger.accepted())
                        .minus(ledger.unverified())
                        .minus(ledger.failed())
                : ledger.allWaiting();
    }

    /** Whether the books say that it has ended, and a crash could take that back. */
    private boolean mayNotEnd() {
        return ledger.hasEnded() && !endIsDurable;
    }

    boolean isEnding() {
        return ending;
    }

    boolean hasEndedOrEnds() {
        return ending || ledger.hasEnded();
    }

    /** It is durable, so that work may go out. */
    void committed() {
        committed = true;
    }

    boolean isCommitted() {
        return committed;
    }

    /** Whether other jobs have to end first. */
    void waitsForOthers(boolean waits) {
        waitsForOthers = waits;
    }

    boolean isWaitingForOthers() {
        return waitsForOthers;
    }

    /** Frames that have failed are tried again at a moment on the loop's clock. */
    void triesAgainAt(long nanos) {
        nextTries.add(nanos);
    }

    /** That moment has come. */
    void triesAgain(long nanos) {
        nextTries.remove(nanos);
    }

    /** When frames that have failed are tried again, the first of them; null if none are. */
    @Nullable Long nextTry() {
        return nextTries.peek();
    }

    void endsBy(LoopTimer timer) {
        deadline = timer;
    }

    /** How it is to end; null unless somebody stops it. */
    @Nullable Stop stop() {
        return stop;
    }

    /** Enters a transition in the books, and forgets what is open of a batch that ends with it. */
    void apply(JobTransition transition) {
        if (transition instanceof JobTransition.BatchEnded over) {
            BatchRecord record = ledger.openBatch(over.batch());
            OpenBatch batch = open.remove(over.batch());
            if (batch != null) {
                place.ends(batch.speed);
            }
            ledger.apply(transition);
            if (record != null) {
                Batch ended =
                        record.snapshot(record.state(), batch == null ? BatchProgress.NONE : batch.watch.progress());
                history.add(record.history(ended), batch == null ? record.remote() : batch.whereItWent());
            }
        } else {
            ledger.apply(transition);
        }
        if (!ledger.hasEnded()) {
            endIsDurable = false;
        }
    }

    /** It is known no more. */
    void forget() {
        history.forget();
    }

    /** The engine begins to work on a batch that is in the books. */
    OpenBatch opens(BatchRecord record, NodeEntry node, long nowNanos) {
        OpenBatch batch = new OpenBatch(this, record, node, nowNanos);
        open.put(record.id(), batch);
        place.opens(batch.speed);
        load.handedOut();
        return batch;
    }

    /** What the engine works on; a coordinator that only follows works on nothing. */
    Collection<OpenBatch> openBatches() {
        return open.values();
    }

    @Nullable OpenBatch openBatch(BatchId batch) {
        return open.get(batch);
    }

    /** The open batch that renders frames of another a second time, or of which that one does so; null if there is none. */
    @Nullable OpenBatch twinOf(OpenBatch batch) {
        BatchRecord twin = ledger.twin(batch.record);
        return twin == null ? null : open.get(twin.id());
    }

    /** Where a batch is or was rendered; null where that is not known (any more). */
    @Nullable RemoteJob remoteOf(BatchId batch) {
        OpenBatch known = open.get(batch);
        BatchRecord record = ledger.openBatch(batch);
        if (known != null) {
            return known.whereItWent();
        }
        return record == null ? history.remoteOf(batch) : record.remote();
    }

    boolean isRunnable() {
        return committed
                && !ending
                && !waitsForOthers
                && !ledger.hasEnded()
                && !ledger.isPaused()
                && !bake.holds()
                && !ledger.waiting().isEmpty()
                && ledger.openBatches().size() < ledger.request().maxRunning();
    }

    /** The ids that its log lines have. */
    LogContext logContext() {
        return LogContext.empty()
                .with(LogContext.JOB, ledger.job())
                .with(LogContext.OWNER, ledger.request().owner().orElse(null))
                .traced(ledger.request().traceparent().orElse(null));
    }

    /** Writes log lines that have its ids. */
    void inLog(Runnable lines) {
        logContext().within(lines);
    }

    /** How many frames are neither done nor given up. */
    int framesLeft() {
        return ledger.request().frames().size()
                - ledger.done()
                - ledger.failed().size();
    }

    boolean avoids(NodeEntry node, long nowNanos) {
        return nodes.avoids(node, nowNanos) || bake.avoids(node);
    }

    void watched(long nowNanos) {
        watchedAt = nowNanos;
    }

    CompletableFuture<RenderResult> completion() {
        return completion;
    }

    /** A job that goes on after it had ended completes anew. */
    void renewCompletion() {
        completion = new CompletableFuture<>();
    }

    /** Whether somebody watches its progress. */
    boolean isWatched(long nowNanos) {
        return !progressListeners.isEmpty() || (watchedAt != null && nowNanos - watchedAt < WATCHED);
    }

    Scene scene() {
        return ledger.request().scene();
    }

    RenderJob snapshot(long nowNanos, @Nullable Waiting waitingFor) {
        return snapshot(nowNanos, history.batches(running()), waitingFor);
    }

    /** Every attempt, as far as it is kept. */
    JobHistory history(Instant now, long nowNanos) {
        List<BatchAttempt> underWay = ledger.openBatches().stream()
                .map(record -> {
                    OpenBatch batch = open.get(record.id());
                    return record.history(
                            snapshot(record), batch == null ? AttemptFacts.NONE : batch.facts(now, nowNanos));
                })
                .toList();
        return new JobHistory(ledger.job(), history.with(underWay), history.folded());
    }

    /** The same with the batches that run only: those that have ended are many. */
    RenderJob brief(long nowNanos, @Nullable Waiting waitingFor) {
        return snapshot(nowNanos, running(), waitingFor);
    }

    private List<Batch> running() {
        return ledger.openBatches().stream().map(this::snapshot).toList();
    }

    private Batch snapshot(BatchRecord record) {
        OpenBatch batch = open.get(record.id());
        return batch == null ? record.snapshot(record.state(), BatchProgress.NONE) : batch.snapshot();
    }

    private RenderJob snapshot(long nowNanos, List<Batch> batches, @Nullable Waiting waitingFor) {
        int left = framesLeft();
        boolean over = state().hasEnded();
        return new RenderJob(
                ledger.job(),
                ledger.request(),
                ledger.folder(),
                state(),
                ledger.priority(),
                ledger.accepted(),
                ledger.unverified(),
                ledger.failed(),
                waiting(),
                over ? null : pace.framesPerSecond(nowNanos),
                over ? null : pace.timeLeft(nowNanos, left),
                ledger.submittedAt(),
                over ? ledger.endedAt() : null,
                ledger.failure(),
                ledger.warnings(),
                ledger.frameRate(),
                ledger.baked(),
                batches,
                waitingFor);
    }

    @Override
    public String toString() {
        return ledger.job().value();
    }
}
