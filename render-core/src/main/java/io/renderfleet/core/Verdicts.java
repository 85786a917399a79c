package io.renderfleet.core;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderNode;
import io.renderfleet.core.node.NodeEntry;
import io.renderfleet.core.spi.Target;
import java.time.Duration;

/** Whose fault it is that a batch failed, and which nodes a job therefore avoids. Belongs to the loop. */
final class Verdicts {
    private static final int NODES_THAT_AGREE = 2;
    private static final Duration AVOIDED = Duration.ofMinutes(2);

    private final Farm farm;

    Verdicts(Farm farm) {
        this.farm = farm;
    }

    boolean nobodyCanServe(ActiveJob job) {
        return farm.nodes.all().stream().noneMatch(other -> couldServe(job, other));
    }

    private static boolean couldServe(ActiveJob job, NodeEntry node) {
        return !job.isRefusedBy(node)
                && node.state() != RenderNode.State.LEFT
                && node.state() != RenderNode.State.DUPLICATE
                && (node.id() == null || node.satisfies(job.requirement));
    }

    /** Draws the conclusions for the node that failed; calls back when the job need not avoid it any more. */
    void onNode(ActiveJob job, BatchRun run, Failure failure, Runnable onForgiven) {
        NodeEntry node = run.node;
        if (node == null) {
            return;
        }
        if (failure.kind() == FailureKind.OUT_OF_MEMORY) {
            job.needsMoreMemoryThan(node);
        }
        if (!(node.target() instanceof Target.Pool)) {
            // Behind a pool stand others than who failed.
            job.avoid(node, farm.nanos() + AVOIDED.toNanos());
        }
        if (isAvoidedByAll(job)) {
            // Better a node that failed than none; one that is too small only where there is no larger one at all.
            job.stopAvoiding();
            if (isAvoidedByAll(job)) {
                job.needsNoMemory();
            }
        } else {
            farm.loop.schedule(AVOIDED, onForgiven);
        }
        if (failure.kind().blame() == FailureKind.Blame.NODE && failure.retryElsewhere()) {
            farm.health.failed(node, failure.message());
        }
    }

    private boolean isAvoidedByAll(ActiveJob job) {
        return farm.nodes.all().stream().noneMatch(other -> couldServe(job, other) && !job.avoids(other, farm.nanos()));
    }

    /** Whether enough different nodes say that it is the scene. */
    boolean isSceneAtFault(ActiveJob job, BatchRun run, Failure failure) {
        if (failure.kind().blame() != FailureKind.Blame.SCENE || failure.frame() != null) {
            return false;
        }
        NodeId by = run.renderedBy();
        NodeId node = by == null ? new NodeId("unknown") : by;
        long others = farm.nodes.all().stream()
                .filter(other -> couldServe(job, other))
                .limit(NODES_THAT_AGREE)
                .mapToLong(other -> other.target() instanceof Target.Pool pool ? pool.capacity() : 1)
                .sum();
        int agree = job.blameScene(node);
        return agree >= Math.min(NODES_THAT_AGREE, others);
    }
}
