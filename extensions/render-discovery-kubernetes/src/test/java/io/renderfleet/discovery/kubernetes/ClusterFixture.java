package io.renderfleet.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.renderfleet.testkit.Cable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Kubernetes' API server does with slices, behind a cable that can be cut. Belongs to one test. */
final class ClusterFixture implements AutoCloseable {
    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private final Cable cable = Cable.open();
    private final KubernetesClient operator;

    ClusterFixture() throws IOException {
        server.init();
        operator = server.createClient();
        cable.to(server.getPort());
    }

    Cable cable() {
        return cable;
    }

    /** How a discovery gets there, by the cable. */
    Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + cable.port())
                .withNamespace("farm")
                .withConnectionTimeout(2_000)
                .withRequestTimeout(2_000)
                .withRequestRetryBackoffLimit(0)
                .build();
    }

    void put(EndpointSlice slice) {
        var slices = operator.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(slice.getMetadata().getNamespace());
        if (slices.withName(slice.getMetadata().getName()).get() == null) {
            var unused = slices.resource(slice).create();
        } else {
            var unused = slices.resource(slice).update();
        }
    }

    void remove(EndpointSlice slice) {
        var unused = operator.resource(slice).delete();
    }

    /** A slice of a service with a port 3000, whose pods are ready. */
    static EndpointSlice slice(String service, String name, List<String> addresses) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace("farm")
                .withName(name)
                .withLabels(Map.of("kubernetes.io/service-name", service, "pool", "gpu"))
                .endMetadata()
                .withAddressType("IPv4")
                .withPorts(new EndpointPortBuilder()
                        .withName("http")
                        .withPort(3000)
                        .build())
                .withEndpoints(addresses.stream()
                        .map(address -> new EndpointBuilder()
                                .withAddresses(address)
                                .withNewConditions()
                                .withReady(true)
                                .endConditions()
                                .build())
                        .toList())
                .build();
    }

    @Override
    public void close() throws IOException {
        cable.close();
        operator.close();
        server.destroy();
    }
}
