package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.NodeDescription;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a node that registers says, checked by itself.
 *
 * @param url where it is to be reached, such as {@code http://node-1:3000}: scheme, host, perhaps a port and a path, without a slash at
 *     the end
 * @param node what it says of itself
 * @param key by which it lets this orchestrator in, of 32 to 256 visible ASCII characters; null where it needs none. Not shown by {@link
 *     #toString}
 */
public record NodeOffer(
        URI url, NodeDescription node, @Nullable String key) {
    @Override
    public String toString() {
        return "NodeOffer[url=" + url + ", node=" + node + "]";
    }
}
