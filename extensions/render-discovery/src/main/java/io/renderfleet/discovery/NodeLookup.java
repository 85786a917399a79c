package io.renderfleet.discovery;

import io.renderfleet.core.spi.Target;
import java.io.IOException;
import java.util.Set;

/** Looks up the nodes, once. */
@FunctionalInterface
interface NodeLookup {
    /** The most nodes that one source may name. */
    int MOST = 20_000;

    /**
     * Gives all nodes.
     *
     * @throws IOException if that cannot be said just now, with a sentence for the log
     */
    Set<Target> now() throws IOException;
}
