package io.renderfleet.transport.queue;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.FramesOutcome;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.transport.http.wire.FrameList;
import io.renderfleet.transport.queue.wire.Order;
import io.renderfleet.transport.queue.wire.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Lists the finished frames of a batch: as its end said, or page by page from its worker. Belongs to the transport's loop. */
final class FrameListing {
    private final Pool pool;
    private final RemoteJob remote;
    private final List<FrameOutput> frames = new ArrayList<>();

    FrameListing(Pool pool, RemoteJob remote) {
        this.pool = pool;
        this.remote = remote;
    }

    CompletionStage<FramesOutcome> list() {
        Optional<Ticket> ticket = pool.ticket(remote);
        if (ticket.isEmpty() || ticket.get().stage() == Ticket.Stage.LOST) {
            return CompletableFuture.completedStage(new FramesOutcome.Lost());
        }
        BatchEnd end = ticket.get().end();
        if (end != null && end.outputs() != null) {
            return CompletableFuture.completedStage(new FramesOutcome.Listed(end.outputs()));
        }
        return ticket.get().worker() == null
                ? CompletableFuture.completedStage(new FramesOutcome.Listed(List.of()))
                : page();
    }

    private CompletionStage<FramesOutcome> page() {
        return pool.ask(remote, pool.order(Order.What.FRAMES, remote.id()).with(frames.size()))
                .thenCompose(this::read);
    }

    private CompletionStage<FramesOutcome> read(Optional<Report> answer) {
        if (answer.isEmpty()) {
            return CompletableFuture.completedStage(new FramesOutcome.Unreachable("the worker does not answer"));
        }
        List<FrameList.Entry> page = answer.get().frames();
        if (page == null) {
            return CompletableFuture.completedStage(new FramesOutcome.Lost());
        }
        try {
            frames.addAll(new FrameList(page).toOutputs());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedStage(
                    new FramesOutcome.Unreachable("the worker's list makes no sense: " + e.getMessage()));
        }
        Integer more = answer.get().more();
        return more == null || more <= 0 || page.isEmpty()
                ? CompletableFuture.completedStage(new FramesOutcome.Listed(List.copyOf(frames)))
                : page();
    }
}
