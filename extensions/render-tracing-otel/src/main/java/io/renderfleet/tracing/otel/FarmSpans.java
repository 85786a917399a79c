package io.renderfleet.tracing.otel;

import io.opentelemetry.api.trace.Tracer;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.spi.RenderListener;
import java.util.HashMap;
import java.util.Map;

/** The spans of a farm's jobs, made from what it tells. Called by one thread at a time. */
final class FarmSpans implements RenderListener {
    private final Tracer tracer;
    private final Map<JobId, JobSpans> open = new HashMap<>();

    FarmSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public void onTransition(JobTransition transition) {
        if (transition instanceof JobTransition.JobSubmitted submitted) {
            open.put(submitted.job(), new JobSpans(tracer, submitted));
            return;
        }
        JobSpans job = open.get(transition.job());
        if (job == null) {
            return;
        }
        job.follow(transition);
        if (transition instanceof JobTransition.JobEnded) {
            open.remove(transition.job());
        }
    }
}
