package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.engine.node.NodeTable;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;

/** The nodes of one discovery: they come and go with its snapshots; nodes that were listed by others stay. Belongs to the loop. */
final class DiscoveredNodes {
    private final NodeTable nodes;
    private final Set<URI> mine = new HashSet<>();

    DiscoveredNodes(NodeTable nodes) {
        this.nodes = nodes;
    }

    void update(Set<Target> snapshot) {
        Set<URI> gone = new HashSet<>(mine);
        for (Target target : snapshot) {
            URI address = target.address();
            gone.remove(address);
            if (mine.contains(address) || !nodes.isListed(address)) {
                nodes.add(target);
                mine.add(address);
            }
        }
        mine.removeAll(gone);
        for (URI address : gone) {
            NodeEntry entry = nodes.at(address);
            if (entry != null) {
                nodes.remove(entry);
            }
        }
    }
}
