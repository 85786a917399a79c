package io.renderfleet.core.engine;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchAttempt;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the books say of one attempt to render a batch: all of it is durable, and changes through the {@link BatchLedger} only. What the
 * engine does about it is an {@link OpenBatch}.
 *
 * <p>Belongs to the loop.
 */
final class BatchRecord {
    private static final Map<Batch.State, Set<Batch.State>> MOVES = new EnumMap<>(Map.of(
            Batch.State.DISPATCHED,
            EnumSet.of(Batch.State.RUNNING, Batch.State.RETURNED, Batch.State.FAILED, Batch.State.CANCELLED),
            Batch.State.RUNNING,
            EnumSet.of(
                    Batch.State.RUNNING,
                    Batch.State.COMPLETED,
                    Batch.State.RETURNED,
                    Batch.State.FAILED,
                    Batch.State.CANCELLED)));

    private final BatchId id;
    private final AttemptId attempt;
    private final URI target;
    private final int tryNumber;
    private final @Nullable BatchId speculationOn;
    private final SceneUse scene;
    private FrameSet frames;
    private Batch.State state = Batch.State.DISPATCHED;
    private @Nullable String remoteId;
    private @Nullable NodeId node;
    private @Nullable Failure failure;
    private final Instant queuedAt;
    private final Instant dispatchedAt;
    private @Nullable Instant acceptedAt;
    private @Nullable Instant endedAt;
    private AttemptFacts facts = AttemptFacts.NONE;
    private final FrameBits delivered;

    BatchRecord(JobTransition.BatchDispatched dispatched, Instant queuedAt) {
        this.queuedAt = queuedAt;
        this.dispatchedAt = dispatched.at();
        this.delivered = new FrameBits(dispatched.frames());
        this.id = dispatched.batch();
        this.attempt = dispatched.attempt();
        this.target = dispatched.target();
        this.tryNumber = dispatched.tryNumber();
        this.speculationOn = dispatched.speculationOn();
        this.scene = dispatched.scene();
        this.frames = dispatched.frames();
        this.node = dispatched.node();
    }

    void accepted(JobTransition.BatchAccepted taken) {
        move(Batch.State.RUNNING);
        remoteId = taken.remoteId();
        acceptedAt = taken.at();
        node = taken.node() == null ? node : taken.node();
    }

    void shortened(JobTransition.BatchShortened shortened) {
        frames = frames.intersect(shortened.kept());
    }

    void delivered(int frame) {
        if (frames.contains(frame)) {
            delivered.add(frame);
        }
    }

    void ended(JobTransition.BatchEnded over) {
        endedAt = over.at();
        facts = over.facts();
        move(stateAfter(over.outcome()));
        failure = over.failure();
        node = over.executedBy() == null ? node : over.executedBy();
    }

    private static Batch.State stateAfter(BatchOutcome outcome) {
        return switch (outcome) {
            case COMPLETED -> Batch.State.COMPLETED;
            case FAILED -> Batch.State.FAILED;
            case RETURNED, LOST -> Batch.State.RETURNED;
            case CANCELLED -> Batch.State.CANCELLED;
        };
    }

    private void move(Batch.State to) {
        if (!MOVES.getOrDefault(state, Set.of()).contains(to)) {
            throw new IllegalStateException("batch " + id + " cannot go from " + state + " to " + to);
        }
        state = to;
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

    boolean isOpen() {
        return state == Batch.State.DISPATCHED || state == Batch.State.RUNNING;
    }

    /** What it is called where it is rendered; null where nobody is known to have taken it. */
    @Nullable String remoteId() {
        return remoteId;
    }

    /** Where it went, as far as the books say; null where nobody is known to have taken it. */
    @Nullable RemoteJob remote() {
        return remoteId == null ? null : new RemoteJob(new Target.Machine(target), remoteId, node);
    }

    @Nullable NodeId node() {
        return node;
    }

    Batch snapshot(Batch.State shown, BatchProgress progress) {
        return new Batch(id, frames, shown, node, tryNumber, progress, failure);
    }

    /** The attempt for the history, with what the books say of it. */
    BatchAttempt history(Batch shown) {
        return history(shown, facts);
    }

    /** The attempt for the history, with what is seen of it so far. */
    BatchAttempt history(Batch shown, AttemptFacts seen) {
        return new BatchAttempt(
                attempt,
                shown,
                target,
                speculationOn,
                delivered.value(),
                queuedAt,
                dispatchedAt,
                acceptedAt,
                endedAt,
                seen);
    }
}
