package io.renderfleet.transport.queue;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.PollOutcome;
import io.renderfleet.core.spi.RemoteJob;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a coordinator knows of a batch that it has put on a queue. Belongs to the transport's loop. */
final class Ticket {
    /** Polls that wait to hear who has the batch. */
    private final List<CompletableFuture<PollOutcome>> waiting = new ArrayList<>();

    private RemoteJob remote;
    private Stage stage;
    private long sinceNanos;
    private long heardNanos;
    private @Nullable String worker;
    private BatchProgress progress = BatchProgress.NONE;
    private @Nullable BatchEnd end;
    private @Nullable Long emptySinceNanos;

    /** How far a batch has come. */
    enum Stage {
        /** An earlier coordinator has put it on the queue, and it is not known what became of it. */
        SOUGHT,
        /** It is on the queue, or a worker has just taken it from there. */
        QUEUED,
        /** A worker was told to render it. */
        HELD,
        /** It has ended, or was withdrawn before anybody began it. */
        ENDED,
        /** Whoever had it does not have it any more. */
        LOST
    }

    Ticket(RemoteJob remote, Stage stage, long nowNanos) {
        this.remote = remote;
        this.stage = stage;
        this.sinceNanos = nowNanos;
        this.heardNanos = nowNanos;
    }

    String key() {
        return remote.id();
    }

    RemoteJob remote() {
        return remote;
    }

    /** The batch as the engine names it now; its pool may have another capacity than before. */
    void remote(RemoteJob now) {
        remote = now;
    }

    Stage stage() {
        return stage;
    }

    boolean is(Stage one, Stage other) {
        return stage == one || stage == other;
    }

    boolean isOver() {
        return is(Stage.ENDED, Stage.LOST);
    }

    /** Since when it has been at this stage. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** Since when the queue has been seen empty although the batch should be there; null while it was not. */
    @Nullable Long emptySince() {
        return emptySinceNanos;
    }

    void emptySince(@Nullable Long nanos) {
        emptySinceNanos = nanos;
    }

    /** When its worker was last heard. */
    long heardNanos() {
        return heardNanos;
    }

    @Nullable String worker() {
        return worker;
    }

    boolean isHeldBy(String who) {
        return who.equals(worker);
    }

    BatchProgress progress() {
        return progress;
    }

    /** Null before it has ended. */
    @Nullable BatchEnd end() {
        return end;
    }

    @Nullable NodeId executedBy() {
        return worker == null ? null : new NodeId(worker);
    }

    void heldBy(String who, long nowNanos) {
        if (stage != Stage.HELD) {
            at(Stage.HELD, nowNanos);
        }
        worker = who;
        heardNanos = nowNanos;
    }

    void progress(BatchProgress now) {
        progress = now;
    }

    void ended(BatchEnd how, long nowNanos) {
        end = how;
        at(Stage.ENDED, nowNanos);
    }

    void lost(long nowNanos) {
        at(Stage.LOST, nowNanos);
    }

    private void at(Stage now, long nowNanos) {
        stage = now;
        sinceNanos = nowNanos;
    }

    CompletableFuture<PollOutcome> await() {
        CompletableFuture<PollOutcome> poll = new CompletableFuture<>();
        waiting.add(poll);
        return poll;
    }

    /** Takes out the polls that wait. */
    List<CompletableFuture<PollOutcome>> takeWaiting() {
        List<CompletableFuture<PollOutcome>> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
