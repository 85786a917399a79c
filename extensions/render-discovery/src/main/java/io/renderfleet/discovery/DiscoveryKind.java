package io.renderfleet.discovery;

import io.renderfleet.core.spi.NodeDiscovery;
import java.util.Map;

/**
 * One kind of place where nodes are found, for programs that are told by an address where to look. Modules name their kinds in {@code
 * META-INF/services}, so that a program knows all whose modules are on its class path.
 *
 * <p>Thread-safe.
 */
public interface DiscoveryKind {
    /**
     * Names the kind.
     *
     * @return what stands before the colon, such as {@code etcd}
     */
    String name();

    /**
     * Shows an address.
     *
     * @return one that could be right, for messages to operators
     */
    String example();

    /**
     * Makes a discovery, without connecting.
     *
     * @param place what stands behind the colon
     * @param settings what else there is to say to this kind, by names of its own; may hold secrets, and is never shown
     * @return a discovery that has not begun
     * @throws IllegalArgumentException if the place or the settings make no sense, in one sentence without secrets
     */
    NodeDiscovery discovery(String place, Map<String, String> settings);
}
