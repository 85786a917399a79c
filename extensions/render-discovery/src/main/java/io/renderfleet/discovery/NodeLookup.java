package io.renderfleet.discovery;

import io.renderfleet.core.spi.Target;
import java.io.IOException;
import java.util.Set;

/** Looks once which nodes there are. */
@FunctionalInterface
interface NodeLookup {
    /** How many nodes one source may name. */
    int MOST = 20_000;

    /**
     * Gives all nodes.
     *
     * @throws IOException if that cannot be said just now, with a sentence for the log
     */
    Set<Target> now() throws IOException;
}
