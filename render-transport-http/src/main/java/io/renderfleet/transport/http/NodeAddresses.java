package io.renderfleet.transport.http;

import java.net.InetAddress;
import java.util.List;

/**
 * Says to which addresses a host may be connected to, so that a name that was checked once cannot lead elsewhere later on. Called for each new
 * connection, from any thread; must not block.
 */
@FunctionalInterface
public interface NodeAddresses {

    /**
     * Returns the addresses of a host.
     *
     * @param host as it stands in the node's URL: a name, or an address
     * @param port of the node
     * @return the only addresses to connect to, the first that answers counts; empty for whatever the name resolves to now
     */
    List<InetAddress> of(String host, int port);
}
