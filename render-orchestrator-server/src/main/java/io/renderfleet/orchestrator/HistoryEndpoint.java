package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.BatchAttempt;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.JobHistory;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Endpoint;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.MediaRanges;
import io.renderfleet.transport.http.wire.AttemptBody;
import io.renderfleet.transport.http.wire.FailureBody;
import io.renderfleet.transport.http.wire.FrameList;
import io.renderfleet.transport.http.wire.FrameStatus;
import io.renderfleet.transport.http.wire.HistoryBody;
import io.renderfleet.transport.http.wire.HistoryStream;
import io.renderfleet.transport.http.wire.WaitingBody;
import java.io.InputStream;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/** {@code GET /jobs/{id}/history}: every attempt that is kept of a job, all in one object or one a line. */
final class HistoryEndpoint implements Endpoint {
    private static final int TRACE_BEGIN = 3;
    private static final int TRACE_END = 35;

    private final Jobs jobs;

    HistoryEndpoint(Jobs jobs) {
        this.jobs = jobs;
    }

    @Override
    public CompletionStage<Answer> answer(Call call) {
        RenderHandle handle = jobs.toFetch(call);
        RenderJob job = handle.snapshot();
        Optional<Integer> frame = call.query("frame").map(FrameEndpoints::number);
        JobHistory all = handle.history();
        JobHistory history = frame.isPresent() ? all.of(frame.get()) : all;
        Iterator<AttemptBody> attempts = history.attempts().stream()
                .map(attempt -> body(call, job, attempt))
                .iterator();
        boolean lines = MediaRanges.prefers(call.header(Headers.ACCEPT).orElse(null), Headers.NDJSON, Headers.JSON);
        return lines
                ? stream(Headers.NDJSON, HistoryStream.lines(attempts))
                : stream(Headers.JSON, HistoryStream.whole(head(job, history), attempts));
    }

    private static HistoryBody head(RenderJob job, JobHistory history) {
        return new HistoryBody(job.id().value(), trace(job), HistoryBody.Earlier.of(history.folded()), null);
    }

    private static CompletionStage<Answer> stream(String type, InputStream content) {
        return Answer.stream(type, Content.Source.from(content))
                .with(Headers.VARY, Headers.ACCEPT)
                .now();
    }

    /** What is known of a frame that the job has. */
    static FrameStatus frame(Call call, RenderHandle handle, int frame, @Nullable FrameOutput output) {
        RenderJob job = handle.snapshot();
        JobHistory history = handle.history().of(frame);
        String state = state(job, frame, output);
        return new FrameStatus(
                job.id().value(),
                frame,
                state,
                output == null
                        ? null
                        : output.files().stream().map(FrameList.FileEntry::of).toList(),
                output == null ? null : output.renderTime().toMillis() / 1000.0,
                output == null || output.attempt() == null
                        ? null
                        : output.attempt().toString(),
                state.equals("accepted") || state.equals("unverified") ? null : failure(job, history, state),
                history.attempts().stream()
                        .map(attempt -> body(call, job, attempt))
                        .toList(),
                HistoryBody.Earlier.of(history.folded()),
                state.equals("waiting") ? WaitingBody.of(job.waitingFor()) : null,
                trace(job));
    }

    private static String state(RenderJob job, int frame, @Nullable FrameOutput output) {
        if (output != null) {
            return "accepted";
        }
        if (job.unverified().contains(frame)) {
            return "unverified";
        }
        if (job.failed().contains(frame)) {
            return "failed";
        }
        if (job.waiting().contains(frame) && !job.state().hasEnded()) {
            return "waiting";
        }
        return job.state().hasEnded() ? "left" : "rendering";
    }

    private static @Nullable FailureBody failure(RenderJob job, JobHistory history, String state) {
        FailureBody last = history.attempts().stream()
                .filter(attempt -> attempt.endedAt() != null)
                .map(attempt -> AttemptBody.of(job.id(), attempt, null, "").failure())
                .reduce(null, (earlier, later) -> later == null ? earlier : later);
        boolean over = state.equals("failed") || state.equals("left");
        return last == null && over ? FailureBody.of(job.failure()) : last;
    }

    private static AttemptBody body(Call call, RenderJob job, BatchAttempt attempt) {
        String log = "/jobs/" + job.id() + "/log?batch=" + attempt.batch().id();
        return AttemptBody.of(job.id(), attempt, trace(job), call.location(log));
    }

    private static @Nullable String trace(RenderJob job) {
        return job.request()
                .traceparent()
                .map(parent -> parent.substring(TRACE_BEGIN, TRACE_END))
                .orElse(null);
    }
}
