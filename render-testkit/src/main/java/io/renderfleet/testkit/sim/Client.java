package io.renderfleet.testkit.sim;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Somebody who submits a request until it is acknowledged, and waits for its end, over any change of coordinators. */
final class Client {
    private final Submission submission;
    private final VirtualTime time;
    private @Nullable JobId job;
    private @Nullable RenderResult result;
    private boolean begun;
    private long endedAt;

    Client(Submission submission, VirtualTime time) {
        this.submission = submission;
        this.time = time;
    }

    Submission submission() {
        return submission;
    }

    boolean hasBegun() {
        return begun;
    }

    boolean isDone() {
        return result != null;
    }

    RenderResult result() {
        if (result == null) {
            throw new IllegalStateException(submission + " has no result");
        }
        return result;
    }

    long endedAt() {
        return endedAt;
    }

    /** The job's id, once acknowledged. */
    @Nullable JobId job() {
        return job;
    }

    /** Submits, or asks for the job again at a new coordinator. Gives what is wrong, or null. */
    @Nullable String turnTo(Coordinator coordinator, RenderRequest request, Runnable again) {
        begun = true;
        JobId known = job;
        RenderExecutor executor = coordinator.executor();
        if (known != null) {
            Optional<RenderHandle> handle = executor.job(known);
            if (handle.isEmpty()) {
                return "job " + known + " was acknowledged and is not known after a change of coordinators";
            }
            if (result == null) {
                await(handle.get());
            }
            return null;
        }
        executor.submitAsync(request).whenComplete((handle, problem) -> {
            if (problem == null && job == null) {
                job = handle.id();
            }
            again.run();
        });
        return null;
    }

    private void await(RenderHandle handle) {
        CompletionStage<RenderResult> completion = handle.completion();
        completion.whenComplete((ended, detached) -> {
            if (result == null && ended != null) {
                result = ended;
                endedAt = time.nanos();
            }
        });
    }
}
