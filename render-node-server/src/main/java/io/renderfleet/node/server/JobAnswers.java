package io.renderfleet.node.server;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.RenderNode;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.Representation;
import io.renderfleet.transport.http.wire.JobStatus;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.WireJobState;
import org.jspecify.annotations.Nullable;

/** The answers about a job. */
final class JobAnswers {
    private JobAnswers() {}

    /** 202 with where and when to ask again while it runs, 200 with what it has made once it has ended. */
    static Answer standing(Call call, RenderNode node, NodeJobView job) {
        if (!job.state().ended()) {
            return accepted(call, job);
        }
        @Nullable String attempt = job.attempt() == null ? null : job.attempt().toString();
        JobStatus status = status(job);
        return answer(
                200,
                node.outputs(job.id())
                        .map(made -> status.withOutputs(made, attempt))
                        .orElse(status));
    }

    /** 202 whatever its state: the answer to who has sent it. */
    static Answer accepted(Call call, NodeJobView job) {
        return answer(202, status(job))
                .with(Headers.LOCATION, call.location("/job/" + job.id()))
                .retryAfter(job.pollAfter());
    }

    static RefusedException unknown() {
        Problem problem = Problem.of(
                ProblemType.NOT_FOUND, "This node has no such job: it never had it, or has forgotten it by now.");
        return new RefusedException(Answer.problem(problem, WireJobState.NOT_FOUND_LINE, Representation.JSON));
    }

    static RefusedException staleEpoch(long known) {
        return new RefusedException(
                ProblemType.STALE_EPOCH,
                "The epoch of the field Attempt is lower than " + known
                        + ", which this node has seen of the same farm.");
    }

    private static JobStatus status(NodeJobView job) {
        WireJobState state = WireJobState.valueOf(job.state().name());
        BatchProgress progress = new BatchProgress(
                job.finished(),
                job.currentFrame(),
                job.sample(),
                job.samples(),
                job.secondsPerFrame(),
                job.timeLeft(),
                job.warnings(),
                job.scene());
        return JobStatus.of(
                        job.id(),
                        job.pid(),
                        state,
                        job.frames(),
                        progress,
                        new JobStatus.Times(job.acceptedAt(), job.startedAt(), job.endedAt()),
                        job.failure(),
                        job.job() == null ? null : job.job().value(),
                        job.batch() == null ? null : job.batch().value())
                .withRun(job.run());
    }

    private static Answer answer(int code, JobStatus status) {
        return Answer.either(code, status, String.valueOf(status.status()), Representation.JSON);
    }
}
