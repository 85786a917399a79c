package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.JobId;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.Caller;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.transport.http.header.Representation;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.WireJobState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the job that a path names.
 *
 * @param farm has the jobs
 * @param rights say who may do what with them
 */
record Jobs(RenderExecutor farm, JobRights rights) {
    private static final String NOT_FOUND = WireJobState.NOT_FOUND_LINE;

    /** The job of the path, or a 404, also for somebody who may not know that it is there. */
    RenderHandle of(Call call) {
        return find(call).orElseThrow(() -> new RefusedException(missing(Representation.JSON)));
    }

    /** The job of the path for a change: a 404 as for {@link #of}, or a 403 for a submitter who does not own it. */
    RenderHandle toChange(Call call) {
        RenderHandle handle = of(call);
        if (!rights.mayChange(call.caller(), owner(handle))) {
            throw new RefusedException(
                    ProblemType.FORBIDDEN, "The job is somebody else's: its owner or an operator may change it.");
        }
        return handle;
    }

    /** The job of the path for its frames and logs: a 404 as for {@link #of}, or a 403 for a submitter who does not own it. */
    RenderHandle toFetch(Call call) {
        RenderHandle handle = of(call);
        if (!rights.mayFetch(call.caller(), owner(handle))) {
            throw new RefusedException(
                    ProblemType.FORBIDDEN,
                    "The job is somebody else's: its owner, a viewer or an operator may fetch its frames and logs.");
        }
        return handle;
    }

    /** Refuses a priority that is above what the caller may give. */
    void requireMayGive(Call call, int priority) {
        if (!rights.mayGive(call.caller(), priority)) {
            throw new RefusedException(Problem.of(
                            ProblemType.FORBIDDEN,
                            "priority is " + priority + ": submitters may give up to " + rights.maxPriority()
                                    + " here, operators more.")
                    .withField("priority"));
        }
    }

    Optional<RenderHandle> find(Call call) {
        JobId id;
        try {
            id = new JobId(call.path("id"));
        } catch (IllegalArgumentException neverGivenOut) {
            return Optional.empty();
        }
        return visible(call.caller(), id);
    }

    /** A job, unless the caller may not know that it is there. */
    Optional<RenderHandle> visible(Caller caller, JobId id) {
        return farm.job(id).filter(handle -> rights.maySee(caller, owner(handle)));
    }

    private static @Nullable String owner(RenderHandle handle) {
        return handle.snapshot().request().owner().orElse(null);
    }

    static Answer missing(Representation usual) {
        return Answer.problem(Problem.of(ProblemType.NOT_FOUND, NOT_FOUND), NOT_FOUND, usual);
    }
}
