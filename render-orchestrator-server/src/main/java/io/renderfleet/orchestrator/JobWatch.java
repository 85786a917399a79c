package io.renderfleet.orchestrator;

import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Watched;
import java.util.function.Function;

/**
 * A job as something to poll.
 *
 * @param handle the job
 * @param changes signals each change
 * @param boot another one at each start, since versions count anew then
 * @param view what a client gets to see of it
 */
record JobWatch(RenderHandle handle, JobChanges changes, String boot, Function<RenderJob, Answer> view)
        implements Watched {

    /** The version is read first: a change in between is then reported once more than necessary, and never missed. */
    @Override
    public Glimpse now() {
        long version = changes.version(handle.id());
        RenderJob job = handle.snapshot();
        String tag = boot + "-" + version + (job.state().hasEnded() ? "e" : "");
        return new Glimpse(job.state().hasEnded(), version, tag, () -> view.apply(job));
    }

    @Override
    public Subscription subscribe(Glimpse since, boolean endOnly, Runnable changed) {
        Subscription subscription = changes.subscribe(handle.id(), since.version(), endOnly, changed);
        if (endOnly && handle.snapshot().state().hasEnded()) {
            changed.run();
        }
        return subscription;
    }
}
