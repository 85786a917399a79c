package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.NodeDescription;
import java.net.URI;

/**
 * What a node that registers says, checked by itself.
 *
 * @param url where it is to be reached, such as {@code http://node-1:3000}: scheme, host, perhaps a port and a path, without a slash at
 *     the end
 * @param node what it says of itself
 */
public record NodeOffer(URI url, NodeDescription node) {}
