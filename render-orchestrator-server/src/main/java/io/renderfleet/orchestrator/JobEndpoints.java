package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.BodyLimit;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.http.server.Router;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.Wire;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** {@code /jobs/{id}}: everything about one job, and what can be done to it. */
final class JobEndpoints {
    private static final BodyLimit LIMIT = BodyLimit.small(Wire.MAX_REQUEST_BYTES);

    private final Jobs jobs;

    JobEndpoints(Jobs jobs) {
        this.jobs = jobs;
    }

    void addTo(Router.Builder router) {
        router.route("GET", "/jobs/{id}", this::show)
                .route("DELETE", "/jobs/{id}", this::cancel)
                .route("PATCH", "/jobs/{id}", this::reprioritize)
                .route("POST", "/jobs/{id}/pause", call -> change(call, RenderHandle::pause))
                .route("POST", "/jobs/{id}/resume", call -> change(call, RenderHandle::resume))
                .route("POST", "/jobs/{id}/retry", this::retry);
    }

    private CompletionStage<Answer> show(Call call) {
        return shown(jobs.of(call)).now();
    }

    private CompletionStage<Answer> cancel(Call call) {
        RenderHandle handle = jobs.of(call);
        handle.cancel();
        RenderJob job = handle.snapshot();
        if (job.state().hasEnded()) {
            return Answer.json(200, JobBodies.whole(job)).now();
        }
        return Answer.json(202, JobBodies.whole(job))
                .with(Headers.LOCATION, StatusEndpoint.location(call, job))
                .retryAfter(StatusEndpoint.untilNextLook(job))
                .now();
    }

    private CompletionStage<Answer> reprioritize(Call call) {
        RenderHandle handle = jobs.of(call);
        return call.json(LIMIT).thenApply(body -> {
            int priority = RenderEndpoint.read(Wire.readPriority(body));
            requireRunning(handle);
            handle.priority(priority);
            return shown(handle);
        });
    }

    private CompletionStage<Answer> change(Call call, Consumer<RenderHandle> change) {
        RenderHandle handle = jobs.of(call);
        requireRunning(handle);
        change.accept(handle);
        return shown(handle).now();
    }

    private CompletionStage<Answer> retry(Call call) {
        RenderHandle handle = jobs.of(call);
        if (!handle.retry()) {
            throw new RefusedException(ProblemType.NOTHING_TO_RETRY, "No frame of the job was given up.");
        }
        RenderJob job = handle.snapshot();
        return Answer.json(202, JobBodies.whole(job))
                .with(Headers.LOCATION, StatusEndpoint.location(call, job))
                .retryAfter(StatusEndpoint.untilNextLook(job))
                .now();
    }

    private static void requireRunning(RenderHandle handle) {
        RenderJob job = handle.snapshot();
        if (job.state().hasEnded()) {
            throw new RefusedException(Problem.of(
                            ProblemType.JOB_ENDED, "The job is " + job.state().wireName() + " already.")
                    .withFrames(job.accepted().toString()));
        }
    }

    private static Answer shown(RenderHandle handle) {
        return Answer.json(200, JobBodies.whole(handle.snapshot()));
    }
}
