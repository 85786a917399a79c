package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Endpoint;
import io.renderfleet.http.server.HeldPolls;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.Representation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** {@code GET /status/{id}}: 202 while the job is not done, 200 when it is, in one line of text unless JSON is asked for. */
final class StatusEndpoint implements Endpoint {
    private static final Duration USUAL = Duration.ofSeconds(5);

    private final Jobs jobs;
    private final JobChanges changes;
    private final HeldPolls polls;
    private final String boot;

    StatusEndpoint(Jobs jobs, JobChanges changes, HeldPolls polls, String boot) {
        this.jobs = jobs;
        this.changes = changes;
        this.polls = polls;
        this.boot = boot;
    }

    @Override
    public CompletionStage<Answer> answer(Call call) {
        Optional<RenderHandle> handle = jobs.find(call);
        return handle.isEmpty()
                ? Jobs.missing(Representation.TEXT).now()
                : polls.answer(
                        call,
                        new JobWatch(handle.get(), changes, boot, job -> status(call, job)),
                        UnaryOperator.identity());
    }

    private static Answer status(Call call, RenderJob job) {
        boolean ended = job.state().hasEnded();
        Answer answer = Answer.either(ended ? 200 : 202, JobBodies.whole(job), job.status(), Representation.TEXT);
        return ended
                ? answer
                : answer.with(Headers.LOCATION, location(call, job)).retryAfter(untilNextLook(job));
    }

    static String location(Call call, RenderJob job) {
        return call.location("/status/" + job.id());
    }

    /** Half of what is left, so that a client comes closer and closer; at most what clients expect where nothing is known. */
    static Duration untilNextLook(RenderJob job) {
        Duration left = job.timeLeft();
        return left == null || left.dividedBy(2).compareTo(USUAL) > 0 ? USUAL : left.dividedBy(2);
    }
}
