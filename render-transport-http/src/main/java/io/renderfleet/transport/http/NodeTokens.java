package io.renderfleet.transport.http;

import java.net.URI;
import java.util.Optional;

/** Knows the bearer token of each node. Called for every request, from any thread; must not block. */
@FunctionalInterface
public interface NodeTokens {

    /**
     * Returns the token of a node.
     *
     * @param node the node's address, as it was given to the transport
     * @return the token, of visible ASCII characters, or empty for a node that wants none
     */
    Optional<String> tokenFor(URI node);
}
