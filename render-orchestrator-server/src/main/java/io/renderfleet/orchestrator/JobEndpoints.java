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
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** {@code /jobs/{id}}: everything about one job, and what can be done to it. */
final class JobEndpoints {
    private static final BodyLimit LIMIT = BodyLimit.small(Wire.MAX_REQUEST_BYTES);

    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Jobs jobs;
    private final Duration patience;

    /**
     * @param jobs finds them
     * @param patience how long a client waits for a change to become durable
     */
    JobEndpoints(Jobs jobs, Duration patience) {
        this.jobs = jobs;
        this.patience = patience;
    }

    void addTo(Router.Builder router) {
        router.route("GET", "/jobs/{id}", this::show)
                .route("GET", "/jobs/{id}/history", new HistoryEndpoint(jobs))
                .route("DELETE", "/jobs/{id}", this::cancel)
                .route("PATCH", "/jobs/{id}", this::reprioritize)
                .route("POST", "/jobs/{id}/pause", call -> change(call, RenderHandle::pause))
                .route("POST", "/jobs/{id}/resume", call -> change(call, RenderHandle::resume))
                .route("POST", "/jobs/{id}/retry", this::retry);
    }

    private CompletionStage<Answer> show(Call call) {
        return shown(jobs.of(call).snapshot()).now();
    }

    private CompletionStage<Answer> cancel(Call call) {
        RenderHandle handle = jobs.toChange(call);
        handle.cancel();
        return durable(handle, job -> job.state().hasEnded() ? shown(job) : underWay(call, job));
    }

    private CompletionStage<Answer> reprioritize(Call call) {
        RenderHandle handle = jobs.toChange(call);
        return call.json(LIMIT).thenCompose(body -> {
            int priority = RenderEndpoint.read(Wire.readPriority(body));
            jobs.requireMayGive(call, priority);
            requireRunning(handle);
            handle.priority(priority);
            return durable(handle, JobEndpoints::shown);
        });
    }

    private CompletionStage<Answer> change(Call call, Consumer<RenderHandle> change) {
        RenderHandle handle = jobs.toChange(call);
        requireRunning(handle);
        change.accept(handle);
        return durable(handle, JobEndpoints::shown);
    }

    private CompletionStage<Answer> retry(Call call) {
        RenderHandle handle = jobs.toChange(call);
        if (!handle.retry()) {
            throw new RefusedException(ProblemType.NOTHING_TO_RETRY, "No frame of the job was given up.");
        }
        return durable(handle, job -> underWay(call, job));
    }

    /** Answers once what was asked is durable, with the job as it then stands. */
    private CompletionStage<Answer> durable(RenderHandle handle, Function<RenderJob, Answer> answer) {
        return handle.durable()
                .toCompletableFuture()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handle((done, late) -> late == null
                        ? answer.apply(handle.snapshot())
                        : Answer.problem(Problem.of(
                                        ProblemType.STORE_DOWN, "The change cannot be kept just now: try again."))
                                .retryAfter(PAUSE));
    }

    private static Answer underWay(Call call, RenderJob job) {
        return Answer.json(202, JobBodies.whole(job))
                .with(Headers.LOCATION, StatusEndpoint.location(call, job))
                .retryAfter(StatusEndpoint.untilNextLook(job));
    }

    private static void requireRunning(RenderHandle handle) {
        RenderJob job = handle.snapshot();
        if (job.state().hasEnded()) {
            throw new RefusedException(Problem.of(
                            ProblemType.JOB_ENDED, "The job is " + job.state().wireName() + " already.")
                    .withFrames(job.accepted().toString()));
        }
    }

    private static Answer shown(RenderJob job) {
        return Answer.json(200, JobBodies.whole(job));
    }
}
