package io.renderfleet.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads nodes from EndpointSlices (API {@code discovery.k8s.io/v1}).
 *
 * @param scheme {@code http} or {@code https}
 * @param port the name or number of the port that nodes listen on, or null for the only one
 */
record SliceNodes(String scheme, @Nullable String port) {
    private static final int FIRST_PORT = 1;
    private static final int LAST_PORT = 65_535;

    /** Gives the nodes of all slices; an endpoint that terminates or is not ready is none. */
    Set<Target> of(List<EndpointSlice> slices) {
        Set<Target> nodes = new HashSet<>();
        for (EndpointSlice slice : slices) {
            portOf(slice)
                    .ifPresent(number -> endpoints(slice)
                            .filter(SliceNodes::takesWork)
                            .map(Endpoint::getAddresses)
                            .filter(addresses -> addresses != null && !addresses.isEmpty())
                            // What else is there stands for the same endpoint, says the API.
                            .map(addresses -> address(slice, addresses.get(0), number))
                            .forEach(nodes::add));
        }
        return Set.copyOf(nodes);
    }

    private static Stream<Endpoint> endpoints(EndpointSlice slice) {
        return slice.getEndpoints() == null ? Stream.empty() : slice.getEndpoints().stream();
    }

    /** Where a condition is not given, it counts as true for "ready" and as false for "terminating", says the API. */
    private static boolean takesWork(Endpoint endpoint) {
        EndpointConditions conditions = endpoint.getConditions();
        return conditions == null
                || (!Boolean.FALSE.equals(conditions.getReady()) && !Boolean.TRUE.equals(conditions.getTerminating()));
    }

    private Optional<Integer> portOf(EndpointSlice slice) {
        List<EndpointPort> ports = slice.getPorts() == null ? List.of() : slice.getPorts();
        if (port == null) {
            return ports.size() == 1 ? number(ports.get(0)) : Optional.empty();
        }
        return ports.stream()
                .filter(one -> port.equals(one.getName()) || port.equals(String.valueOf(one.getPort())))
                .findFirst()
                .flatMap(SliceNodes::number);
    }

    private static Optional<Integer> number(EndpointPort one) {
        return Optional.ofNullable(one.getPort()).filter(number -> number >= FIRST_PORT && number <= LAST_PORT);
    }

    private Target address(EndpointSlice slice, String address, int number) {
        String host = Objects.equals(slice.getAddressType(), "IPv6") ? "[" + address + "]" : address;
        return new Target.Machine(URI.create(scheme + "://" + host + ":" + number));
    }
}
