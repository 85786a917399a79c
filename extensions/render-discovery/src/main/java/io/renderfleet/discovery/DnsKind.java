package io.renderfleet.discovery;

import io.renderfleet.core.spi.NodeDiscovery;
import java.util.Set;

/**
 * Names in DNS, as programs find them by an address that begins with {@code dns:}: with a port for the addresses of the name, without one for
 * the services under it.
 */
public final class DnsKind implements DiscoveryKind {
    /** Called by the loader of services. */
    public DnsKind() {}

    @Override
    public String name() {
        return "dns";
    }

    @Override
    public String example() {
        return "dns:nodes.farm.example:3000";
    }

    @Override
    public NodeDiscovery discovery(String place, KindSettings settings) {
        settings.requireOnly(Set.of());
        int colon = place.indexOf(':');
        if (colon < 0) {
            return DnsDiscovery.services(place).build();
        }
        String port = place.substring(colon + 1);
        if (!port.matches("\\d{1,5}")) {
            throw new IllegalArgumentException(
                    "'" + place + "' must be like nodes.farm.example:3000 or _render._tcp.farm.example");
        }
        return DnsDiscovery.addresses(place.substring(0, colon), Integer.parseInt(port))
                .build();
    }
}
