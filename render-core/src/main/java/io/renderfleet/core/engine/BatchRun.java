package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.loop.LoopTimer;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.track.Tracking;
import io.renderfleet.core.track.TrackingEnd;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to render a batch. What is durable changes through the {@link BatchLedger} only; the rest is how the engine follows it.
 *
 * <p>Belongs to the loop.
 */
final class BatchRun {
    private static final Map<Batch.State, Set<Batch.State>> MOVES = new EnumMap<>(Map.of(
            Batch.State.DISPATCHED,
            EnumSet.of(Batch.State.RUNNING, Batch.State.RETURNED, Batch.State.FAILED, Batch.State.CANCELLED),
            Batch.State.RUNNING,
            EnumSet.of(
                    Batch.State.RUNNING,
                    Batch.State.COLLECTING,
                    Batch.State.COMPLETED,
                    Batch.State.RETURNED,
                    Batch.State.FAILED,
                    Batch.State.CANCELLED),
            Batch.State.COLLECTING,
            EnumSet.of(Batch.State.COMPLETED, Batch.State.RETURNED, Batch.State.FAILED, Batch.State.CANCELLED)));

    private static final long BALANCING = Duration.ofSeconds(2).toNanos();

    private final BatchId id;
    private final AttemptId attempt;
    private final URI target;
    private final int tryNumber;
    private final @Nullable BatchId speculationOn;
    private final SceneUse scene;
    private FrameSet frames;
    private Batch.State state = Batch.State.DISPATCHED;
    private @Nullable String remoteId;
    private @Nullable NodeId nodeId;
    private @Nullable Failure failure;

    // How the engine follows it; none of this is durable.
    @Nullable NodeEntry node;

    @Nullable RemoteJob remote;

    @Nullable Tracking tracking;

    BatchProgress progress = BatchProgress.NONE;

    @Nullable TrackingEnd end;

    /** When that was heard. */
    @Nullable Long endedNanos;

    @Nullable LoopTimer deadline;

    final Set<Integer> fetching = new TreeSet<>();
    boolean listing;
    boolean listAgain;
    boolean unlistable;
    boolean clockStarted;

    /** A pool has it and has not begun. */
    boolean waiting;

    /** A pool was asked to give it back. */
    boolean withdrawn;

    boolean finalListed;
    boolean submitting;
    boolean slotHeld;

    /** The node may have given frames up without anybody here having heard of it. */
    boolean maybeShortened;

    int listMisses;
    int listThrottles;
    int publishing;

    @Nullable Runnable afterPublishing;

    @Nullable Failure fetchFailure;

    boolean shortening;
    boolean unshortenable;

    /** When the current frame began, as far as can be told. */
    long currentSince;

    /** When progress was told last. */
    @Nullable Long progressNanos;

    long renderedNanos;
    private @Nullable Long balancedNanos;
    int calls;
    long dispatchedNanos;

    BatchRun(JobTransition.BatchDispatched dispatched) {
        this.id = dispatched.batch();
        this.attempt = dispatched.attempt();
        this.target = dispatched.target();
        this.tryNumber = dispatched.tryNumber();
        this.speculationOn = dispatched.speculationOn();
        this.scene = dispatched.scene();
        this.frames = dispatched.frames();
        this.nodeId = dispatched.node();
    }

    BatchId id() {
        return id;
    }

    AttemptId attempt() {
        return attempt;
    }

    URI target() {
        return target;
    }

    int tryNumber() {
        return tryNumber;
    }

    @Nullable BatchId speculationOn() {
        return speculationOn;
    }

    /** Which form of the scene it is rendered from. */
    SceneUse scene() {
        return scene;
    }

    FrameSet frames() {
        return frames;
    }

    Batch.State state() {
        return state;
    }

    @Nullable String remoteId() {
        return remoteId;
    }

    /** As the transport knows it, also where only the books tell; null where no node has taken it. */
    @Nullable RemoteJob whereItWent() {
        return remote != null || remoteId == null
                ? remote
                : new RemoteJob(new Target.Machine(target), remoteId, nodeId);
    }

    @Nullable NodeId nodeId() {
        return nodeId;
    }

    /** Who did the work, where that is another one than was asked. */
    @Nullable NodeId executedBy() {
        return end instanceof TrackingEnd.Ended ended ? ended.executedBy() : null;
    }

    /** Who is to blame or to praise: who did the work, as far as that is known. */
    @Nullable NodeId renderedBy() {
        NodeId by = executedBy();
        return by == null ? nodeId : by;
    }

    boolean isOpen() {
        return state == Batch.State.DISPATCHED || state == Batch.State.RUNNING || state == Batch.State.COLLECTING;
    }

    void accepted(String newRemoteId, @Nullable NodeId by) {
        move(Batch.State.RUNNING);
        remoteId = newRemoteId;
        nodeId = by == null ? nodeId : by;
    }

    void collecting() {
        move(Batch.State.COLLECTING);
    }

    void shortened(FrameSet kept) {
        frames = frames.intersect(kept);
    }

    void ended(BatchOutcome outcome, @Nullable Failure why, @Nullable NodeId by) {
        move(
                switch (outcome) {
                    case COMPLETED -> Batch.State.COMPLETED;
                    case FAILED -> Batch.State.FAILED;
                    case RETURNED, LOST -> Batch.State.RETURNED;
                    case CANCELLED -> Batch.State.CANCELLED;
                });
        failure = why;
        nodeId = by == null ? nodeId : by;
    }

    /** The balancer looks at it: its progress is wanted for the next seconds. */
    void balanced(long nowNanos) {
        balancedNanos = nowNanos;
        progressWanted(true, nowNanos);
    }

    /** Has progress asked for if the job is watched or the balancer has looked at this batch lately. */
    void progressWanted(boolean watched, long nowNanos) {
        boolean balancing = balancedNanos != null && nowNanos - balancedNanos < BALANCING;
        if (tracking != null) {
            tracking.progressWanted(watched || balancing);
        }
    }

    Batch snapshot() {
        return new Batch(id, frames, state, nodeId, tryNumber, progress, failure);
    }

    private void move(Batch.State to) {
        if (!MOVES.getOrDefault(state, Set.of()).contains(to)) {
            throw new IllegalStateException("batch " + id + " cannot go from " + state + " to " + to);
        }
        state = to;
    }

    @Override
    public String toString() {
        return id + " (" + frames + " on " + (node == null ? target : node) + ", attempt " + attempt + ")";
    }
}
