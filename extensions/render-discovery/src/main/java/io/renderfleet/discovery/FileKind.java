package io.renderfleet.discovery;

import io.renderfleet.core.spi.NodeDiscovery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** A file of nodes, as programs find it by an address that begins with {@code file:}. */
public final class FileKind implements DiscoveryKind {
    /** Called by the loader of services. */
    public FileKind() {}

    @Override
    public String name() {
        return "file";
    }

    @Override
    public String example() {
        return "file:nodes.txt";
    }

    @Override
    public NodeDiscovery discovery(String place, KindSettings settings) {
        settings.requireOnly(Set.of());
        FileDiscovery discovery = FileDiscovery.of(Path.of(place));
        try {
            var unused = discovery.check();
            return discovery;
        } catch (IOException wrong) {
            discovery.close();
            throw new IllegalArgumentException(place + ": " + wrong.getMessage(), wrong);
        }
    }
}
