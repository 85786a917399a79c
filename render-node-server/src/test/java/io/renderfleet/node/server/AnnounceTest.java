package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import io.renderfleet.discovery.DiscoveryPlace;
import io.renderfleet.testkit.EtcdServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@DisplayName("A node's program that announces itself")
class AnnounceTest {
    @TempDir
    Path folder;

    AnnounceTest() {}

    @Test
    @DisplayName("is found in etcd where it advertises itself, and gone from there once it is told to stop")
    void comesAndGoes() throws Exception {
        URI advertised = URI.create("http://node-1.farm.example:3000");
        AtomicReference<Set<Target>> seen = new AtomicReference<>(Set.of());
        try (EtcdServer etcd = EtcdServer.start();
                NodeDiscovery discovery = DiscoveryPlace.of("--discovery", "etcd:" + etcd.address(), null)
                        .discovery();
                NodeProcess node = NodeProcess.start(
                        folder,
                        Map.of("RENDER_NODE_ANNOUNCES", "etcd:" + etcd.address()),
                        "--port=0",
                        "--engine=test-pattern",
                        "--label=pool=gpu",
                        "--advertise=" + advertised)) {
            discovery.start(seen::set);
            var unused = node.awaitListening();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(seen.get()).containsExactly(new Target.Machine(advertised)));

            node.terminate();

            // Sooner than the lease ends.
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(seen.get()).isEmpty());
            assertThat(node.awaitEnd()).noneMatch(line -> line.contains("ERROR"));
        }
    }
}
