package io.renderfleet.core.model;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a node says of itself.
 *
 * @param id its identity, kept over restarts
 * @param bootId another one at each start
 * @param version the version of its software
 * @param engines what can render there
 * @param slots how many batches it takes at once, at least 1
 * @param busy how many it has
 * @param draining whether it takes no more
 * @param labels what requests can require, such as {@code gpu=rtx4090}
 * @param cores how many processors
 * @param memoryBytes how much memory; 0 where unknown
 * @param capabilities what its protocol can do
 */
public record NodeDescription(
        NodeId id,
        String bootId,
        String version,
        List<EngineInfo> engines,
        int slots,
        int busy,
        boolean draining,
        Map<String, String> labels,
        int cores,
        long memoryBytes,
        Set<Capability> capabilities) {

    /**
     * Copies the collections.
     *
     * @throws IllegalArgumentException if it has no slot
     */
    public NodeDescription {
        engines = List.copyOf(engines);
        labels = Map.copyOf(labels);
        capabilities = Set.copyOf(capabilities);
        if (slots < 1) {
            throw new IllegalArgumentException("node " + id + " has " + slots + " slots: at least 1 is needed");
        }
    }

    /**
     * Describes the simplest node there can be: one slot, and nothing beyond submit and poll.
     *
     * @param id an identity made for the node, which has none of its own
     * @return the description
     */
    public static NodeDescription simplest(NodeId id) {
        return new NodeDescription(id, "unknown", "unknown", List.of(), 1, 0, false, Map.of(), 0, 0, Set.of());
    }

    /**
     * Sets what its protocol can do, as in {@code simplest(id).can(Capability.CANCEL, Capability.FRAMES)}.
     *
     * @param what all that it can
     * @return a changed copy
     */
    public NodeDescription can(Capability... what) {
        return new NodeDescription(
                id, bootId, version, engines, slots, busy, draining, labels, cores, memoryBytes, Set.of(what));
    }
}
