package io.renderfleet.core.engine.node;

import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The nodes by where they are, and by the id that they give themselves. Belongs to the loop. */
final class Roster {
    private final Map<URI, NodeEntry> byAddress = new LinkedHashMap<>();
    private final Map<NodeId, NodeEntry> byId = new LinkedHashMap<>();
    private Function<URI, @Nullable LogEstimate> speeds = address -> null;
    private int made;

    void remembers(Function<URI, @Nullable LogEstimate> earlier) {
        speeds = earlier;
    }

    NodeEntry make(Target target, long nowNanos) {
        NodeEntry entry = new NodeEntry(made++, target, nowNanos);
        entry.speed().was(speeds.apply(target.address()));
        byAddress.put(target.address(), entry);
        return entry;
    }

    @Nullable NodeEntry at(URI address) {
        return byAddress.get(address);
    }

    @Nullable NodeEntry of(NodeId id) {
        return byId.get(id);
    }

    Collection<NodeEntry> all() {
        return byAddress.values();
    }

    boolean has(NodeEntry entry) {
        return byAddress.get(entry.target().address()) == entry;
    }

    /** Lets a node have an id that no other has; gives the one that has it already. */
    @Nullable NodeEntry claim(NodeId id, NodeEntry entry) {
        return byId.putIfAbsent(id, entry);
    }

    void takeOver(NodeId id, NodeEntry entry) {
        byId.put(id, entry);
    }

    void giveUp(NodeId id, NodeEntry entry) {
        byId.remove(id, entry);
    }

    /** Forgets a node that has left, once it has no more batches. */
    void forgetIfDone(NodeEntry entry) {
        if (entry.hasLeft() && entry.gates.reserved() == 0) {
            entry.cancelTimers();
            byAddress.remove(entry.target().address(), entry);
            NodeId id = entry.id();
            if (id != null) {
                byId.remove(id, entry);
            }
        }
    }
}
