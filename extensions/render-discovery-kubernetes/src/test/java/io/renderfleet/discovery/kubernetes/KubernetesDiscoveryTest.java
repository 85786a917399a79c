package io.renderfleet.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.NodeDiscoveryContract;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A service of Kubernetes")
class KubernetesDiscoveryTest extends NodeDiscoveryContract {
    private final ClusterFixture cluster = new ClusterFixture();

    KubernetesDiscoveryTest() throws IOException {}

    @AfterEach
    void closeCluster() throws IOException {
        cluster.close();
    }

    private KubernetesDiscovery.Builder service(String name) {
        return KubernetesDiscovery.service("farm", name)
                .every(Duration.ofMillis(100))
                .config(cluster.config());
    }

    @Override
    protected NodeDiscovery discovery() {
        return service("render-node").build();
    }

    @Override
    protected URI node(int number) {
        return URI.create("http://10.0.0." + number + ":3000");
    }

    @Override
    protected void name(Set<URI> nodes) {
        cluster.put(ClusterFixture.slice(
                "render-node",
                "render-node-abcde",
                nodes.stream().map(URI::getHost).sorted().toList()));
        cluster.cable().heal();
    }

    @Override
    protected void fail() {
        cluster.cable().tear();
    }

    @Test
    @DisplayName("has the pods of all its slices and of no other service, and loses those of a slice that is deleted")
    void manySlices() {
        cluster.put(ClusterFixture.slice("render-node", "render-node-1", List.of("10.0.0.1")));
        cluster.put(ClusterFixture.slice("render-node", "render-node-2", List.of("10.0.0.2")));
        cluster.put(ClusterFixture.slice("postgres", "postgres-1", List.of("10.0.0.9")));
        AtomicReference<Set<Target>> seen = new AtomicReference<>(Set.of());

        try (NodeDiscovery discovery = discovery()) {
            discovery.start(seen::set);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(seen.get())
                            .extracting(Target::address)
                            .containsExactlyInAnyOrder(node(1), node(2)));
            cluster.remove(ClusterFixture.slice("render-node", "render-node-1", List.of()));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(seen.get()).extracting(Target::address).containsExactly(node(2)));
        }
    }

    @Test
    @DisplayName("can be narrowed by labels of its slices")
    void labels() {
        cluster.put(ClusterFixture.slice("render-node", "render-node-1", List.of("10.0.0.1")));
        AtomicReference<Set<Target>> gpu = new AtomicReference<>(Set.of());
        AtomicReference<Set<Target>> cpu = new AtomicReference<>();

        try (NodeDiscovery one =
                        service("render-node").withLabels(Map.of("pool", "gpu")).build();
                NodeDiscovery other =
                        service("render-node").withLabels(Map.of("pool", "cpu")).build()) {
            one.start(gpu::set);
            other.start(cpu::set);

            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(gpu.get()).extracting(Target::address).containsExactly(node(1));
                assertThat(cpu.get()).isEmpty();
            });
        }
    }

    @ParameterizedTest(name = "{0}/{1}")
    @CsvSource({
        "Farm, render-node, namespace is 'Farm'",
        "farm, render_node, service is 'render_node'",
        "farm, '', service is ''"
    })
    @DisplayName("has a name as Kubernetes allows it")
    void names(String namespace, String name, String message) {
        assertThatThrownBy(() -> KubernetesDiscovery.service(namespace, name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
