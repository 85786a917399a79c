package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.engine.node.NodeTable;
import io.renderfleet.core.model.FarmDiscovery;
import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;

/** The nodes of one discovery: they come and go with its snapshots; nodes that were listed by others stay. Belongs to the loop. */
final class DiscoveredNodes {
    private final NodeTable nodes;
    private final NodeDiscovery discovery;
    private final Set<URI> mine = new HashSet<>();

    DiscoveredNodes(NodeTable nodes, NodeDiscovery discovery) {
        this.nodes = nodes;
        this.discovery = discovery;
    }

    FarmDiscovery view() {
        return new FarmDiscovery(
                discovery.toString(), mine.size(), discovery.trouble().orElse(null));
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
