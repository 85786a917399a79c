package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.log.LogContext;
import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RunFacts;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.track.TrackingEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its node, as the engine works on it: whose it is, what the books say of it, and in parts of their own what is being done.
 * None of this is durable; after a restart it is made anew from the books.
 *
 * <p>Belongs to the loop. Each part says who changes it.
 */
final class OpenBatch {
    /** Where the parent id stands in a header of W3C Trace Context. */
    private static final int PARENT_BEGIN = 36;

    private static final int PARENT_END = 52;

    final ActiveJob job;
    final BatchRecord record;
    final NodeEntry node;

    /** How fast the node was known to be when it got the batch. */
    final double speed;

    /** Whether the node had the scene loaded then, as far as was known. */
    final boolean warm;

    final SlotHold slot = new SlotHold();
    final Handover handover;
    final BatchClock clock = new BatchClock();
    final BatchWatch watch = new BatchWatch();
    final FrameCollection collection = new FrameCollection();
    final Rebalancing rebalancing = new Rebalancing();

    OpenBatch(ActiveJob job, BatchRecord record, NodeEntry node, long nowNanos) {
        this.job = job;
        this.record = record;
        this.node = node;
        this.speed = node.speed().factor();
        this.warm = node.begins(job.scene(), nowNanos);
        this.handover = new Handover(nowNanos);
    }

    /** The trace of its request, with a parent id of the attempt's own, the same each time; null where the request has none. */
    @Nullable String traceparent() {
        return job.ledger
                .request()
                .traceparent()
                .map(parent -> childOf(parent, attempt()))
                .orElse(null);
    }

    private static String childOf(String traceparent, AttemptId attempt) {
        return traceparent.substring(0, PARENT_BEGIN) + attempt.spanId() + traceparent.substring(PARENT_END);
    }

    /** Writes log lines that have its ids. */
    void inLog(Runnable lines) {
        job.logContext()
                .with(LogContext.BATCH, id())
                .with(LogContext.ATTEMPT, attempt())
                .with(LogContext.NODE, node)
                .traced(traceparent())
                .within(lines);
    }

    BatchId id() {
        return record.id();
    }

    AttemptId attempt() {
        return record.attempt();
    }

    FrameSet frames() {
        return record.frames();
    }

    /** The frames of it that are neither accepted nor given up. */
    FrameSet unsettled() {
        return job.ledger.unsettled(record.frames());
    }

    boolean isOpen() {
        return record.isOpen();
    }

    /** What the books say, and beyond that whether its frames are on their way home. */
    Batch.State state() {
        boolean collects = record.state() == Batch.State.RUNNING && watch.end() != null;
        return collects ? Batch.State.COLLECTING : record.state();
    }

    /** Whether its node may still be rendering it, or about to. */
    boolean mayRun() {
        return handover.remote() != null || handover.isCalling();
    }

    /** As the transport knows it; null where no node is known to have taken it. */
    @Nullable RemoteJob whereItWent() {
        RemoteJob remote = handover.remote();
        return remote == null ? record.remote() : remote;
    }

    /** Who did the work, where that is another one than was asked. */
    @Nullable NodeId executedBy() {
        return watch.end() instanceof TrackingEnd.Ended ended ? ended.executedBy() : null;
    }

    /** Who is to blame or to praise: who did the work, as far as that is known. */
    @Nullable NodeId renderedBy() {
        NodeId by = executedBy();
        return by == null ? record.node() : by;
    }

    /** What was seen of it so far beyond the books. */
    AttemptFacts facts(Instant now, long nowNanos) {
        Duration rendered = collection.rendered();
        return new AttemptFacts(
                at(handover.sentNanos(), now, nowNanos),
                at(watch.begunNanos(), now, nowNanos),
                at(watch.endedNanos(), now, nowNanos),
                rendered.isZero() ? null : rendered,
                renderer(),
                watch.end() instanceof TrackingEnd.Ended ended ? ended.end().run() : RunFacts.NONE);
    }

    private static @Nullable Instant at(@Nullable Long nanos, Instant now, long nowNanos) {
        return nanos == null ? null : now.minusNanos(nowNanos - nanos);
    }

    /** What renders it, where its node says so and there is no choice. */
    private @Nullable EngineInfo renderer() {
        String asked = job.ledger.request().renderer().orElse(null);
        List<EngineInfo> engines = node.engines().stream()
                .filter(engine -> asked == null || engine.name().equals(asked))
                .toList();
        return engines.size() == 1 ? engines.get(0) : null;
    }

    Batch snapshot() {
        return record.snapshot(state(), watch.progress());
    }

    @Override
    public String toString() {
        return record.id() + " (" + record.frames() + " on " + node + ", attempt " + record.attempt() + ")";
    }
}
