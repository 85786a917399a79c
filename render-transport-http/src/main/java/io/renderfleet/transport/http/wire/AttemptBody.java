package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchAttempt;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to render a batch, as an orchestrator shows it. All times are those of the orchestrator's clock; what nobody has seen is null.
 *
 * @param job of which job it is
 * @param attempt its id, {@code {farm}/{epoch}/{seq}}, as it stands in logs and on frames
 * @param batch the id of the batch in its job
 * @param tryNumber the number of this try of these frames, from 1
 * @param frames which frames it rendered, or renders
 * @param delivered those of them that were accepted
 * @param state how it stands, or how it ended: the name of a {@link Batch.State} in lower case
 * @param node who has it, or had it
 * @param url where it was sent
 * @param speculationOn the batch whose frames it renders a second time
 * @param queuedAt since when its frames had waited
 * @param dispatchedAt when the node was chosen
 * @param sentAt when it was first sent there
 * @param acceptedAt when the node took it
 * @param begunAt when the first frame began
 * @param renderedAt when the node was done
 * @param endedAt when it was over, with all frames fetched that are
 * @param queueSeconds how long its frames waited for a node
 * @param startSeconds from the choice of the node until the node had taken it, the sending of its scene included
 * @param loadSeconds from there to its first frame: the start of the renderer, and the loading of the scene
 * @param renderSeconds what its accepted frames took on the node
 * @param fetchSeconds how long the last frames took to arrive once the node was done
 * @param renderer what rendered it
 * @param rendererVersion the version of that
 * @param device on what it computed, in its own words
 * @param peakMemoryBytes how much memory it had at most until the batch ended; one that was kept from an earlier batch may have had it then
 * @param failure why it ended without all of its frames, with the last {@value #LOG_LINES} lines of the log
 * @param trace the id of the trace, 32 hexadecimal digits; null where the submission belongs to none
 * @param span the id of its span in that trace, 16 hexadecimal digits
 * @param log where its log is
 */
public record AttemptBody(
        @Nullable String job,
        @Nullable String attempt,
        @Nullable String batch,
        @Nullable Integer tryNumber,
        @Nullable String frames,
        @Nullable String delivered,
        @Nullable String state,
        @Nullable String node,
        @Nullable String url,
        @Nullable String speculationOn,
        @Nullable Instant queuedAt,
        @Nullable Instant dispatchedAt,
        @Nullable Instant sentAt,
        @Nullable Instant acceptedAt,
        @Nullable Instant begunAt,
        @Nullable Instant renderedAt,
        @Nullable Instant endedAt,
        @Nullable Double queueSeconds,
        @Nullable Double startSeconds,
        @Nullable Double loadSeconds,
        @Nullable Double renderSeconds,
        @Nullable Double fetchSeconds,
        @Nullable String renderer,
        @Nullable String rendererVersion,
        @Nullable String device,
        @Nullable Long peakMemoryBytes,
        @Nullable FailureBody failure,
        @Nullable String trace,
        @Nullable String span,
        @Nullable String log) {

    /** How many lines of a log stand with a failure; the whole log has a place of its own. */
    public static final int LOG_LINES = 5;

    /** Lines are for people: one is cut after so many characters. */
    private static final int LINE = 500;

    /**
     * Makes the wire form of an attempt.
     *
     * @param job of which job it is
     * @param attempt the attempt
     * @param trace the id of the job's trace, or null
     * @param log where its log is
     * @return its body
     */
    public static AttemptBody of(JobId job, BatchAttempt attempt, @Nullable String trace, String log) {
        Batch batch = attempt.batch();
        AttemptFacts facts = attempt.facts();
        EngineInfo renderer = facts.renderer();
        BatchId speculationOn = attempt.speculationOn();
        return new AttemptBody(
                job.value(),
                attempt.id().toString(),
                batch.id().value(),
                batch.attempt(),
                batch.frames().toString(),
                attempt.delivered().toString(),
                batch.state().name().toLowerCase(Locale.ROOT),
                batch.node() == null ? null : batch.node().value(),
                attempt.target().toString(),
                speculationOn == null ? null : speculationOn.value(),
                attempt.queuedAt(),
                attempt.dispatchedAt(),
                facts.sentAt(),
                attempt.acceptedAt(),
                facts.begunAt(),
                facts.renderedAt(),
                attempt.endedAt(),
                seconds(attempt.queueTime()),
                seconds(attempt.startTime()),
                seconds(attempt.loadTime()),
                seconds(attempt.renderTime()),
                seconds(attempt.fetchTime()),
                renderer == null ? null : renderer.name(),
                renderer == null ? null : renderer.version(),
                facts.run().device(),
                facts.run().peakMemoryBytes(),
                failure(batch.failure()),
                trace,
                trace == null ? null : attempt.id().spanId(),
                log);
    }

    private static @Nullable FailureBody failure(@Nullable Failure failure) {
        if (failure == null) {
            return null;
        }
        List<String> lines = failure.log();
        return FailureBody.of(failure.withLog(
                lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()).stream()
                        .map(line -> line.length() > LINE ? line.substring(0, LINE) + "…" : line)
                        .toList()));
    }

    private static @Nullable Double seconds(@Nullable Duration time) {
        return time == null ? null : time.toMillis() / 1000.0;
    }
}
