package io.renderfleet.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.DeleteOption;
import io.renderfleet.core.spi.Target;
import io.renderfleet.testkit.EtcdServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
@DisplayName("A node that announces itself in etcd")
class EtcdAnnouncementTest {
    private static final URI NODE = URI.create("http://node-1:3000");
    private static final Target FOUND = new Target.Machine(NODE);
    private static final Duration LIFETIME = Duration.ofSeconds(3);

    private final CopyOnWriteArrayList<Set<Target>> seen = new CopyOnWriteArrayList<>();
    private EtcdServer server;
    private EtcdDiscovery discovery;

    EtcdAnnouncementTest() {}

    @BeforeEach
    void begin() {
        server = EtcdServer.start();
        discovery = EtcdDiscovery.of(access()).every(Duration.ofMillis(200)).withLabels(Map.of("pool", "gpu"));
    }

    @AfterEach
    void end() {
        discovery.close();
        server.close();
    }

    private EtcdAccess access() {
        return EtcdAccess.to(server.address()).withPrefix("/farm-a/");
    }

    private EtcdAnnouncement announce() {
        return EtcdAnnouncement.begin(access(), "n-1", NODE, Map.of("pool", "gpu"), LIFETIME);
    }

    private void awaitLast(Set<Target> expected) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(seen).last().isEqualTo(expected));
    }

    /** For longer than an entry lives that nobody renews. */
    private void awaitNothingNew(int before) {
        await().during(LIFETIME.plusSeconds(1)).atMost(Duration.ofSeconds(30)).until(() -> seen.size() == before);
    }

    @Test
    @DisplayName("is found, comes and goes by its labels, and goes when it closes")
    void comesAndGoes() {
        discovery.start(seen::add);
        try (EtcdAnnouncement node = announce()) {
            awaitLast(Set.of(FOUND));
            node.labels(Map.of("pool", "cpu"));
            awaitLast(Set.of());
            node.labels(Map.of("pool", "gpu"));
            awaitLast(Set.of(FOUND));
        }
        awaitLast(Set.of());
    }

    @Test
    @DisplayName(
            "stays found for longer than its entry lives, through an outage of etcd, and where its entry was removed")
    void stays() throws Exception {
        discovery.start(seen::add);
        try (EtcdAnnouncement node = announce()) {
            awaitLast(Set.of(FOUND));
            assertThat(node).isNotNull();
            int before = seen.size();

            server.kill();
            awaitNothingNew(before);
            server.startServer();
            awaitNothingNew(before);

            try (Client client = Client.builder().endpoints(server.address()).build()) {
                var unused = client.getKVClient()
                        .delete(access().key("n-1"), DeleteOption.DEFAULT)
                        .get(20, TimeUnit.SECONDS);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> seen.size() == before + 2);
            awaitLast(Set.of(FOUND));
        }
    }

    @Test
    @DisplayName("is announced as soon as etcd is there")
    void waitsForEtcd() throws Exception {
        server.kill();
        try (EtcdAnnouncement node = announce()) {
            discovery.start(seen::add);
            awaitNothingNew(0);

            server.startServer();

            awaitLast(Set.of(FOUND));
            assertThat(node).isNotNull();
        }
    }

    @Test
    @DisplayName("is refused with an id, a lifetime or labels that make no sense, and shows no secrets")
    void refuses() {
        assertThatThrownBy(() -> EtcdAnnouncement.begin(access(), "a/b", NODE, Map.of(), LIFETIME))
                .hasMessageStartingWith("id is 'a/b': it must be");
        assertThatThrownBy(() -> EtcdAnnouncement.begin(access(), "a", NODE, Map.of(), Duration.ZERO))
                .hasMessage("lifetime is PT0S: it must be from 1 s to 1 h");
        assertThatThrownBy(() -> EtcdAnnouncement.begin(access(), "a", NODE, Map.of("", "x"), LIFETIME))
                .hasMessageContaining("a label has a name");
        assertThatThrownBy(() -> EtcdAccess.to(URI.create("etcd-1:2379"))).hasMessageContaining("no member of etcd");
        assertThatThrownBy(() -> access().withPrefix("nodes")).hasMessageContaining("begin and end with a slash");
        assertThat(access().withUser("farm", "secret").withCa(Path.of("ca.pem")))
                .asString()
                .isEqualTo("etcd at [" + server.address() + "] under /farm-a/");
    }
}
