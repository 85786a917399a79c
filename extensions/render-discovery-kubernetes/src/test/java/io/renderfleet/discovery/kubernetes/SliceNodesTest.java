package io.renderfleet.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An EndpointSlice")
class SliceNodesTest {
    private static final EndpointSlice SLICE =
            ClusterFixture.slice("render-node", "render-node-1", List.of("10.0.0.1"));

    SliceNodesTest() {}

    private static List<URI> nodes(SliceNodes reading, EndpointSlice... slices) {
        return reading.of(List.of(slices)).stream()
                .map(Target::address)
                .sorted()
                .toList();
    }

    private static Endpoint endpoint(String address, @Nullable Boolean ready, @Nullable Boolean terminating) {
        return new EndpointBuilder()
                .withAddresses(address, "10.9.9.9")
                .withNewConditions(ready, true, terminating)
                .build();
    }

    @Test
    @DisplayName("has those pods as nodes that are ready and do not terminate, by the first of their addresses")
    void readyOnes() {
        EndpointSlice slice = new EndpointSliceBuilder(SLICE)
                .withEndpoints(
                        endpoint("10.0.0.1", true, null),
                        endpoint("10.0.0.2", false, null),
                        endpoint("10.0.0.3", null, false),
                        endpoint("10.0.0.4", true, true),
                        new EndpointBuilder().withAddresses("10.0.0.5").build(),
                        new EndpointBuilder().build())
                .build();

        assertThat(nodes(new SliceNodes("http", null), slice))
                .containsExactly(
                        URI.create("http://10.0.0.1:3000"),
                        URI.create("http://10.0.0.3:3000"),
                        URI.create("http://10.0.0.5:3000"));
    }

    @Test
    @DisplayName("has the port that is named, or its only one")
    void ports() {
        EndpointSlice two = new EndpointSliceBuilder(SLICE)
                .addToPorts(new EndpointPortBuilder()
                        .withName("health")
                        .withPort(3001)
                        .build())
                .build();
        EndpointSlice none =
                new EndpointSliceBuilder(SLICE).withPorts(List.of()).build();

        assertThat(nodes(new SliceNodes("https", "http"), two)).containsExactly(URI.create("https://10.0.0.1:3000"));
        assertThat(nodes(new SliceNodes("https", "3001"), two)).containsExactly(URI.create("https://10.0.0.1:3001"));
        assertThat(nodes(new SliceNodes("http", null), two)).isEmpty();
        assertThat(nodes(new SliceNodes("http", "other"), two)).isEmpty();
        assertThat(nodes(new SliceNodes("http", null), none)).isEmpty();
    }

    @Test
    @DisplayName("can be one of IPv6")
    void six() {
        EndpointSlice slice = new EndpointSliceBuilder(SLICE)
                .withAddressType("IPv6")
                .withEndpoints(new EndpointBuilder().withAddresses("fd00::1").build())
                .build();

        assertThat(nodes(new SliceNodes("http", null), slice, SLICE))
                .containsExactly(URI.create("http://10.0.0.1:3000"), URI.create("http://[fd00::1]:3000"));
    }
}
