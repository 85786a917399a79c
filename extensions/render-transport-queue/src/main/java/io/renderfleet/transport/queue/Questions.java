package io.renderfleet.transport.queue;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.loop.LoopTimer;
import io.renderfleet.transport.queue.wire.Report;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Questions to workers that wait for an answer. Belongs to the transport's loop.
 *
 * <p>All coordinators of a farm hear all answers. An answer to somebody else's question must not be taken for one to a question of this
 * coordinator's, least of all one that says that it was fenced.
 */
final class Questions {
    private final Loop loop;
    private final Duration patience;
    private final Map<String, Waiting> open = new HashMap<>();
    private final String mine = UUID.randomUUID() + "/";
    private long asked;

    private record Waiting(CompletableFuture<Optional<Report>> answer, LoopTimer timer) {}

    Questions(Loop loop, Duration patience) {
        this.loop = loop;
        this.patience = patience;
    }

    /** Makes a number that no other question has, of whatever coordinator. */
    String next() {
        return mine + ++asked;
    }

    /** Waits for an answer; empty if none came in time. */
    CompletableFuture<Optional<Report>> await(String number) {
        CompletableFuture<Optional<Report>> answer = new CompletableFuture<>();
        open.put(number, new Waiting(answer, loop.schedule(patience, () -> settle(number, Optional.empty()))));
        return answer;
    }

    void answered(String number, Report report) {
        settle(number, Optional.of(report));
    }

    /** Nobody will answer any more. */
    void close() {
        List.copyOf(open.keySet()).forEach(number -> settle(number, Optional.empty()));
    }

    private void settle(String number, Optional<Report> with) {
        Waiting waiting = open.remove(number);
        if (waiting != null) {
            waiting.timer().cancel();
            waiting.answer().complete(with);
        }
    }
}
