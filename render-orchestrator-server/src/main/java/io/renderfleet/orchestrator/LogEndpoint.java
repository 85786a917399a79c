package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.BatchAttempt;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.JobHistory;
import io.renderfleet.core.spi.LogOutcome;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Endpoint;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.orchestrator.joblog.FrameLines;
import io.renderfleet.orchestrator.joblog.LogShelf;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /jobs/{id}/log}: what the renderer said of a batch, or of one frame. While the batch is out it comes from the node. After that it
 * is the one that is kept here, else the node's; where there is neither, it is the last lines that came with the failure.
 */
final class LogEndpoint implements Endpoint {
    /** How much of the end of a log is kept, and sent. */
    static final int MOST_BYTES = 4 << 20;

    private static final Duration NODE_PAUSE = Duration.ofSeconds(5);

    private final RenderExecutor farm;
    private final Jobs jobs;
    private final @Nullable LogShelf shelf;

    /**
     * @param shelf has the logs that are kept here, or null where none is
     */
    LogEndpoint(RenderExecutor farm, Jobs jobs, @Nullable LogShelf shelf) {
        this.farm = farm;
        this.jobs = jobs;
        this.shelf = shelf;
    }

    @Override
    public CompletionStage<Answer> answer(Call call) {
        RenderHandle handle = jobs.toFetch(call);
        Optional<Integer> frame = call.query("frame").map(FrameEndpoints::number);
        BatchAttempt attempt = attempt(call, handle, frame);
        BatchId batch = attempt.batch().id();
        boolean ended = attempt.endedAt() != null;
        if (ended && shelf != null) {
            Optional<String> kept = shelf.get(handle.id(), batch);
            if (kept.isPresent()) {
                return answer(attempt, frame, "kept", kept.get()).now();
            }
        }
        return farm.log(handle.id(), batch, MOST_BYTES).thenApply(outcome -> {
            if (outcome instanceof LogOutcome.Text text) {
                return answer(attempt, frame, "node", text.text());
            }
            return answer(attempt, frame, outcome);
        });
    }

    /** The batch that is asked for; of a frame the one that rendered it, else its last; otherwise the last of the job. */
    private BatchAttempt attempt(Call call, RenderHandle handle, Optional<Integer> frame) {
        JobHistory all = handle.history();
        List<BatchAttempt> attempts = frame.map(all::of).orElse(all).attempts();
        Optional<String> batch = call.query("batch");
        if (batch.isPresent()) {
            return attempts.stream()
                    .filter(one -> one.batch().id().value().equals(batch.get()))
                    .findFirst()
                    .orElseThrow(() -> missing(
                            frame.isPresent()
                                    ? "The job has no such batch with that frame."
                                    : "The job has no such batch."));
        }
        Optional<FrameOutput> output = frame.flatMap(number -> farm.frame(handle.id(), number));
        return attempts.stream()
                .filter(one ->
                        output.isPresent() && one.id().equals(output.get().attempt()))
                .findFirst()
                .or(() -> attempts.stream().reduce((earlier, later) -> later))
                .orElseThrow(() -> missing(
                        frame.isPresent() ? "No batch that had that frame is known." : "The job has no batch."));
    }

    private static Answer answer(BatchAttempt attempt, Optional<Integer> frame, String source, String text) {
        String shown = frame.map(number -> FrameLines.of(text, number)).orElse(text);
        return Answer.text(200, Headers.TEXT, shown)
                .with("Batch", attempt.batch().id().value())
                .with("Batch-State", attempt.batch().state().name().toLowerCase(Locale.ROOT))
                .with("Log-Source", source);
    }

    /** Where the node has nothing to say, the failure may. */
    private static Answer answer(BatchAttempt attempt, Optional<Integer> frame, LogOutcome outcome) {
        Failure failure = attempt.batch().failure();
        BatchId batch = attempt.batch().id();
        if (attempt.endedAt() != null && failure != null && !failure.log().isEmpty()) {
            // No marks of frames are in there.
            boolean other = frame.isPresent() && !Objects.equals(failure.frame(), frame.get());
            return answer(attempt, Optional.empty(), "failure", other ? "" : String.join("\n", failure.log()) + "\n");
        }
        if (outcome instanceof LogOutcome.Unreachable) {
            return Answer.problem(Problem.of(
                            ProblemType.NODE_UNREACHABLE,
                            "The node that rendered batch " + batch + " does not answer just now."))
                    .retryAfter(NODE_PAUSE);
        }
        throw missing("The node of batch " + batch + " has no log of it.");
    }

    private static RefusedException missing(String why) {
        return new RefusedException(ProblemType.NOT_FOUND, why);
    }
}
