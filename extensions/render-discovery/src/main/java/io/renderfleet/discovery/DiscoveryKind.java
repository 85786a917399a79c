package io.renderfleet.discovery;

import io.renderfleet.core.spi.NodeDiscovery;

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
     * @param settings what else there is to say to this kind
     * @return a discovery that has not begun
     * @throws IllegalArgumentException if the place or the settings make no sense, in one sentence without secrets
     */
    NodeDiscovery discovery(String place, KindSettings settings);

    /**
     * Makes what announces nodes there, without connecting.
     *
     * @param place what stands behind the colon
     * @param settings what else there is to say to this kind
     * @return an announcer; the default is that nodes cannot announce themselves in such a place
     * @throws IllegalArgumentException if the place or the settings make no sense, or nothing can be announced there, in one sentence
     *     without secrets
     */
    default Announcer announcer(String place, KindSettings settings) {
        throw new IllegalArgumentException("nodes cannot announce themselves in a place of the kind " + name() + ":");
    }
}
