package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.Target;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a job has learnt about the nodes: which of them refused it, failed it, or rendered a frame of it. Changed by {@link FailureBlame},
 * and by {@link JobLifecycle} when somebody retries the job. Belongs to the loop.
 */
final class JobNodes {
    private static final int MOST_DOUBLINGS = 4;

    private final Map<NodeEntry, Long> avoidedUntil = new HashMap<>();
    private final Map<NodeEntry, Integer> failuresOn = new HashMap<>();
    private final Map<NodeEntry, Failure> refusedBy = new HashMap<>();
    private final Map<NodeEntry, Failure> unproven = new HashMap<>();
    private final Set<NodeEntry> renderedOn = new HashSet<>();
    private final Set<NodeId> renderedBy = new HashSet<>();
    private long memoryNeeded;

    boolean avoids(NodeEntry node, long nowNanos) {
        return refusedBy.containsKey(node)
                || isTooSmall(node)
                || !avoidedFor(node, nowNanos).isZero();
    }

    /** Whether the job is known to need more memory than a node has. */
    boolean isTooSmall(NodeEntry node) {
        return node.memoryBytes() < memoryNeeded;
    }

    /** For how long a node gets nothing because it failed; zero if it may get something now. */
    Duration avoidedFor(NodeEntry node, long nowNanos) {
        Long until = avoidedUntil.get(node);
        return until == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, until - nowNanos));
    }

    /**
     * Gives a node that failed nothing for a while.
     *
     * @param longerEachTime unless the node has rendered a frame of the job before
     */
    Duration avoid(NodeEntry node, long nowNanos, Duration first, boolean longerEachTime) {
        if (node.target() instanceof Target.Pool) {
            // The pool picks another worker next time.
            return first;
        }
        int times = failuresOn.merge(node, 1, Integer::sum);
        int doublings = !longerEachTime || renderedOn.contains(node) ? 0 : Math.min(times - 1, MOST_DOUBLINGS);
        Duration wait = first.multipliedBy(1L << doublings);
        avoidedUntil.put(node, nowNanos + wait.toNanos());
        return wait;
    }

    void stopAvoiding() {
        avoidedUntil.clear();
    }

    /** The job ran out of memory on a node: only larger ones will do. */
    void needsMoreMemoryThan(NodeEntry node) {
        memoryNeeded = Math.max(memoryNeeded, node.memoryBytes() + 1);
    }

    void needsNoMemory() {
        memoryNeeded = 0;
    }

    void refused(NodeEntry node, Failure failure) {
        refusedBy.put(node, failure);
    }

    void forgetRefusals() {
        refusedBy.clear();
    }

    boolean isRefusedBy(NodeEntry node) {
        return refusedBy.containsKey(node);
    }

    Map<NodeEntry, Failure> refusals() {
        return refusedBy;
    }

    /** A node has rendered a frame. Gives what other nodes failed meanwhile, which is now their own fault. */
    Map<NodeEntry, Failure> rendered(NodeEntry node, @Nullable NodeId by) {
        renderedOn.add(node);
        if (by != null) {
            renderedBy.add(by);
        }
        failuresOn.remove(node);
        unproven.remove(node);
        if (unproven.isEmpty()) {
            return Map.of();
        }
        Map<NodeEntry, Failure> proven = Map.copyOf(unproven);
        unproven.clear();
        return proven;
    }

    boolean hasRendered(NodeId node) {
        return renderedBy.contains(node);
    }

    /** Whether another node has rendered a frame, so that what fails on this one is the node's fault rather than the job's. */
    boolean isRenderedElsewhere(NodeEntry node) {
        return renderedOn.size() > (renderedOn.contains(node) ? 1 : 0);
    }

    /** A node has failed the job, and it is not known yet whose fault that is. */
    void mayBeFaultOf(NodeEntry node, Failure failure) {
        unproven.put(node, failure);
    }
}
