package io.renderfleet.core;

import io.renderfleet.core.engine.Engine;
import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.engine.node.NodeTable;
import io.renderfleet.core.model.FarmDiscovery;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The nodes of a farm: lists them, and changes them while the farm runs.
 *
 * <p>Thread-safe. Changes take effect in the engine's next step; calls wait for that, which takes no longer than the engine's
 * running step.
 */
public final class NodeRegistry {
    private final Engine engine;

    NodeRegistry(Engine engine) {
        this.engine = engine;
    }

    /**
     * Lists all nodes.
     *
     * @return as they stand now, in the order in which they were added
     */
    public List<FarmNode> list() {
        return engine.withNodes(NodeTable::snapshot);
    }

    /**
     * Says how the places stand where nodes are found.
     *
     * @return in the order in which they were given to the builder; empty where there are none
     */
    public List<FarmDiscovery> discoveries() {
        return engine.discoveries();
    }

    /**
     * Finds a node.
     *
     * @param address where it is
     * @return as it stands now, or empty if it is not listed and has no batches
     */
    public Optional<FarmNode> at(URI address) {
        return engine.withNodes(table -> table.snapshot(table.at(address)));
    }

    /**
     * Finds a node.
     *
     * @param id who it is
     * @return as it stands now, or empty if no such node has answered
     */
    public Optional<FarmNode> of(NodeId id) {
        return engine.withNodes(table -> table.snapshot(table.byId(id)));
    }

    /**
     * Adds a node. It gets work once it has described itself. Nothing happens if it is listed already.
     *
     * @param address where it is
     * @return false if it was listed already
     */
    public boolean add(URI address) {
        return add(new Target.Machine(address));
    }

    /**
     * Adds a target of any sort. Nothing happens if its address is listed already.
     *
     * @param target the target
     * @return false if it was listed already
     */
    public boolean add(Target target) {
        return engine.withNodes(table -> {
            boolean known = table.isListed(target.address());
            table.add(target);
            return !known;
        });
    }

    /**
     * Asks a node now what it is, since something about it has changed.
     *
     * @param address where it is
     * @return false if there is no such node
     */
    public boolean ask(URI address) {
        return engine.withNodes(table -> {
            NodeEntry entry = table.at(address);
            if (entry != null) {
                table.ask(entry);
            }
            return entry != null;
        });
    }

    /**
     * Takes a node off the list. It gets no new work; the batches that it has are still tracked.
     *
     * @param address where it is
     * @return false if there is no such node
     */
    public boolean remove(URI address) {
        return engine.withNodes(table -> {
            NodeEntry entry = table.at(address);
            if (entry != null) {
                table.remove(entry);
            }
            return entry != null;
        });
    }

    /**
     * Drains a node: it finishes its batches and gets no more.
     *
     * @param id the node
     * @return false if there is no such node
     */
    public boolean drain(NodeId id) {
        return drain(id, true);
    }

    /**
     * Lets a node take work again, after {@link #drain} or in a quarantine.
     *
     * @param id the node
     * @return false if there is no such node
     */
    public boolean undrain(NodeId id) {
        return drain(id, false);
    }

    private boolean drain(NodeId id, boolean drain) {
        return engine.withNodes(table -> {
            NodeEntry entry = table.byId(id);
            if (entry != null) {
                table.drain(entry, drain);
            }
            return entry != null;
        });
    }
}
