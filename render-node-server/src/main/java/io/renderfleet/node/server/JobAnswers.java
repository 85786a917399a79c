package io.renderfleet.node.server;

import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.Representation;
import io.renderfleet.transport.http.wire.JobState;
import io.renderfleet.transport.http.wire.JobStatus;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;

/** What clients are told of a job. */
final class JobAnswers {
    private JobAnswers() {}

    /** 202 with where and when to ask again while it runs, 200 once it has ended. */
    static Answer standing(Call call, NodeJobView job) {
        return job.state().ended() ? body(200, job) : accepted(call, job);
    }

    /** 202 whatever its state: the answer to who has sent it. */
    static Answer accepted(Call call, NodeJobView job) {
        return body(202, job)
                .with(Headers.LOCATION, call.location("/job/" + job.id()))
                .retryAfter(job.pollAfter());
    }

    static RefusedException unknown() {
        Problem problem = Problem.of(
                ProblemType.NOT_FOUND, "This node has no such job: it never had it, or has forgotten it by now.");
        return new RefusedException(Answer.problem(problem, JobState.NOT_FOUND_LINE, Representation.JSON));
    }

    static RefusedException staleEpoch(long known) {
        return new RefusedException(
                ProblemType.STALE_EPOCH,
                "The epoch of the field Attempt is lower than " + known
                        + ", which this node has seen of the same farm.");
    }

    private static Answer body(int status, NodeJobView job) {
        JobState state = JobState.valueOf(job.state().name());
        BatchProgress progress = new BatchProgress(
                job.finished(), job.currentFrame(), job.sample(), job.samples(), job.secondsPerFrame(), job.timeLeft());
        JobStatus wire = JobStatus.of(
                job.id(),
                job.pid(),
                state,
                job.frames(),
                progress,
                new JobStatus.Times(job.acceptedAt(), job.startedAt(), job.endedAt()),
                job.failure(),
                job.job() == null ? null : job.job().value(),
                job.batch() == null ? null : job.batch().value());
        return Answer.either(status, wire, String.valueOf(wire.status()), Representation.JSON);
    }
}
