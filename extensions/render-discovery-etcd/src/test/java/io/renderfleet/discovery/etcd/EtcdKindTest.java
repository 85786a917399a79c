package io.renderfleet.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
import io.renderfleet.discovery.DiscoveryPlace;
import io.renderfleet.testkit.EtcdServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@DisplayName("An etcd that an operator names")
class EtcdKindTest {
    @TempDir
    Path folder;

    EtcdKindTest() {}

    private Path config(String text) throws IOException {
        return Files.writeString(folder.resolve("discovery.properties"), text);
    }

    @Test
    @DisplayName("is where nodes are found, under the prefix and with the labels of its file of settings")
    void finds() throws IOException {
        Path config = config("etcd.prefix = /farm-a/\netcd.label.pool = gpu\ndns.unused = x\n");
        try (EtcdServer server = EtcdServer.start()) {
            EtcdAccess access = EtcdAccess.to(server.address()).withPrefix("/farm-a/");
            URI wanted = URI.create("http://node-1:3000");
            AtomicReference<Set<Target>> seen = new AtomicReference<>(Set.of());
            try (EtcdAnnouncement one = announce(access, "n-1", wanted, "gpu");
                    EtcdAnnouncement other = announce(access, "n-2", URI.create("http://node-2:3000"), "cpu");
                    NodeDiscovery found = DiscoveryPlace.of("--discovery", "etcd:" + server.address(), config)
                            .discovery()) {
                assertThat(one).isNotSameAs(other);
                found.start(seen::set);

                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(seen.get()).containsExactly(new Target.Machine(wanted)));
            }
        }
    }

    private static EtcdAnnouncement announce(EtcdAccess access, String id, URI address, String pool) {
        return EtcdAnnouncement.begin(access, id, address, Map.of("pool", pool), Duration.ofSeconds(15));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "etcd.usr=farm | there is no setting etcd.usr",
                "etcd.user=farm | etcd.user and etcd.password need each other",
                "etcd.user=me;etcd.password=secret | etcd.password would go to etcd-1 over plain http",
                "etcd.insecure=yes;etcd.user=me;etcd.password=secret | etcd.insecure is 'yes': it must be true or false",
                "edct.user=me | has the setting 'edct.user': it must begin with one of",
                "etcd.tls-key=key.pem | etcd.tls-cert and etcd.tls-key need each other",
                "etcd.prefix=nodes | prefix is 'nodes': it must begin and end with a slash",
            })
    @DisplayName("is refused with settings that make no sense")
    void refuses(String line, String message) throws IOException {
        Path config = config(line.replace(";", "\n"));

        assertThatThrownBy(() -> DiscoveryPlace.of("--discovery", "etcd:http://etcd-1:2379", config)
                        .discovery())
                .hasMessageContaining(message);
    }

    @Test
    @DisplayName("is refused with a user in its address, which is not shown")
    void hidesUsers() {
        assertThatThrownBy(() -> DiscoveryPlace.of("--discovery", "etcd:http://me:secret@etcd-1:2379", null)
                        .discovery())
                .hasMessageContaining("no member of etcd")
                .hasMessageNotContaining("secret");
    }

    @Test
    @DisplayName("is refused with an address that is none, of which nothing is shown")
    void hidesWhatIsNoAddress() {
        assertThatThrownBy(() -> DiscoveryPlace.of("--discovery", "etcd:http://me:secret@etcd 1:2379", null)
                        .discovery())
                .hasMessageContaining("a member of etcd must be like")
                .hasStackTraceContaining("IllegalArgumentException")
                .satisfies(wrong -> assertThat(wrong.getCause()).isNull())
                .hasMessageNotContaining("secret");
    }
}
