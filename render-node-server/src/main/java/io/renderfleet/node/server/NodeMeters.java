package io.renderfleet.node.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.renderfleet.core.model.Failure;
import io.renderfleet.node.NodeJobState;
import io.renderfleet.node.NodeJobView;
import io.renderfleet.node.NodeListener;
import io.renderfleet.node.RenderNode;
import java.time.Duration;

/**
 * What a node measures of its work: slots, jobs by how they ended, frames and how long they took, failures by kind. Names of jobs,
 * scenes and clients are no labels: there is no end of them.
 */
final class NodeMeters implements NodeListener {
    private final MeterRegistry registry;
    private final Counter taken;
    private final Timer frames;

    NodeMeters(RenderNode node, MeterRegistry registry) {
        this.registry = registry;
        this.taken = Counter.builder("renderfleet.node.jobs.taken")
                .description("Jobs that were taken")
                .register(registry);
        this.frames = Timer.builder("renderfleet.node.frames")
                .description("Frames that were rendered and verified, and how long each took")
                .register(registry);
        for (NodeJobState state : NodeJobState.values()) {
            if (state.ended()) {
                ended(state);
            }
        }
        Gauge.builder("renderfleet.node.slots", node, each -> each.describe().slots())
                .description("Jobs that can run at once")
                .register(registry);
        Gauge.builder("renderfleet.node.busy", node, each -> each.describe().busy())
                .description("Jobs that run")
                .register(registry);
        Gauge.builder("renderfleet.node.draining", node, each -> each.describe().draining() ? 1 : 0)
                .description("1 once the node takes no more jobs")
                .register(registry);
    }

    private Counter ended(NodeJobState state) {
        return Counter.builder("renderfleet.node.jobs.ended")
                .description("Jobs that have ended, by how")
                .tag("state", state.wireName())
                .register(registry);
    }

    @Override
    public void jobTaken(NodeJobView job) {
        taken.increment();
    }

    @Override
    public void frameFinished(NodeJobView job, int frame, Duration renderTime) {
        frames.record(renderTime);
    }

    @Override
    public void frameFailed(NodeJobView job, Failure failure) {
        failed("frame", failure);
    }

    @Override
    public void jobEnded(NodeJobView job) {
        ended(job.state()).increment();
        Failure failure = job.failure();
        if (failure != null && job.state() == NodeJobState.FAILED) {
            failed("job", failure);
        }
    }

    private void failed(String what, Failure failure) {
        Counter.builder("renderfleet.node.failures")
                .description("Frames and jobs that failed, by kind")
                .tag("of", what)
                .tag("kind", failure.kind().name())
                .register(registry)
                .increment();
    }
}
