package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.JobId;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Call;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.transport.http.header.Representation;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.WireJobState;
import java.util.Optional;

/**
 * Finds the job that a path names.
 *
 * @param farm has the jobs
 */
record Jobs(RenderExecutor farm) {
    private static final String NOT_FOUND = WireJobState.NOT_FOUND_LINE;

    /** The job of the path, or a 404. */
    RenderHandle of(Call call) {
        return find(call).orElseThrow(() -> new RefusedException(missing(Representation.JSON)));
    }

    /** The job of the path for somebody who changes it: a 404, or a 403 for a submitter whose job it is not. */
    RenderHandle toChange(Call call) {
        RenderHandle handle = of(call);
        if (!call.caller().roles().contains(Role.ADMIN.wireName())) {
            Optional<String> owner = handle.snapshot().request().owner();
            if (owner.isEmpty() || !owner.equals(AccessToken.nameOf(call.caller()))) {
                throw new RefusedException(
                        ProblemType.FORBIDDEN, "The job is somebody else's: its submitter or an admin may change it.");
            }
        }
        return handle;
    }

    Optional<RenderHandle> find(Call call) {
        JobId id;
        try {
            id = new JobId(call.path("id"));
        } catch (IllegalArgumentException neverGivenOut) {
            return Optional.empty();
        }
        return farm.job(id);
    }

    static Answer missing(Representation usual) {
        return Answer.problem(Problem.of(ProblemType.NOT_FOUND, NOT_FOUND), NOT_FOUND, usual);
    }
}
