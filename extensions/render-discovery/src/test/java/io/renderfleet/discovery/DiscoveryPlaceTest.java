package io.renderfleet.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.spi.NodeDiscovery;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A place where an operator has nodes looked for")
class DiscoveryPlaceTest {
    @TempDir
    Path folder;

    DiscoveryPlaceTest() {}

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "dns:nodes.farm.example:3000, DNS for nodes.farm.example",
        "dns:_render._tcp.farm.example, DNS for _render._tcp.farm.example",
    })
    @DisplayName("is a name in DNS, with a port for its addresses or without one for services")
    void dns(String address, String source) {
        try (NodeDiscovery found =
                DiscoveryPlace.of("--discovery", address, null).discovery()) {
            assertThat(found).hasToString(source);
        }
    }

    @Test
    @DisplayName("is a file, which must be right at the beginning")
    void file() throws IOException {
        Path nodes = Files.writeString(folder.resolve("nodes"), "http://node-1:3000\n");
        Path wrong = Files.writeString(folder.resolve("wrong"), "node-1\n");

        try (NodeDiscovery found =
                DiscoveryPlace.of("--discovery", "file:" + nodes, null).discovery()) {
            assertThat(found).hasToString("the nodes file " + nodes);
        }
        DiscoveryPlace other = DiscoveryPlace.of("--discovery", "file:" + wrong, null);
        assertThatThrownBy(other::discovery)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(wrong + ": ")
                .hasMessageContaining("node-1");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "etc:nodes | --discovery is 'etc:nodes': it must be like dns:nodes.farm.example:3000 or file:nodes.txt",
                "nodes.txt | --discovery is 'nodes.txt': it must be like",
                "x://me:secret@host | --discovery is 'x://…@host': it must be like",
            })
    @DisplayName("is refused where no module knows its kind, without what may be secret")
    void unknown(String address, String message) {
        assertThatThrownBy(() -> DiscoveryPlace.of("--discovery", address, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "dsn.every = 3 | --discovery-config has the setting 'dsn.every': it must begin with one of [dns, file] and a dot",
                "every | --discovery-config has the setting 'every': it must begin with one of [dns, file] and a dot",
                "dns.every = 3 | there is no setting dns.every: there are none for dns:",
                "dns.a = \\u00zz | it is no file of Java properties",
            })
    @DisplayName("is refused with settings that nothing reads")
    void unread(String line, String message) throws IOException {
        Path config = Files.writeString(folder.resolve("settings"), line);

        assertThatThrownBy(() -> DiscoveryPlace.of("--discovery", "dns:nodes.farm.example:3000", config)
                        .discovery())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    @DisplayName("does not look at the settings of another kind")
    void others() throws IOException {
        Path config = Files.writeString(folder.resolve("settings"), "file.x = 1");
        DiscoveryPlace place = DiscoveryPlace.of("--discovery", "dns:nodes.farm.example:3000", config);

        try (NodeDiscovery found = place.discovery()) {
            assertThat(found.trouble()).isEmpty();
        }
    }

    @Test
    @DisplayName("is no place to announce oneself in where somebody else writes down the nodes")
    void announces() {
        DiscoveryPlace place = DiscoveryPlace.of("--announce", "dns:nodes.farm.example:3000", null);

        assertThatThrownBy(place::announcer)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nodes cannot announce themselves in a place of the kind dns:");
    }

    @Test
    @DisplayName("gets a secret over plain http on this machine alone, unless that is allowed")
    void secrets() {
        KindSettings settings = KindSettings.of("consul", Map.of("token", "secret"));
        KindSettings allowed = KindSettings.of("consul", Map.of("token", "secret", "insecure", "true"));

        settings.requireSafe("token", URI.create("http://127.0.0.1:8500"));
        settings.requireSafe("token", URI.create("https://consul.farm.example:8501"));
        settings.requireSafe("other", URI.create("http://consul.farm.example:8500"));
        allowed.requireSafe("token", URI.create("http://consul.farm.example:8500"));
        assertThatThrownBy(() -> settings.requireSafe("token", URI.create("http://consul.farm.example:8500")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("consul.token would go to consul.farm.example over plain http")
                .hasMessageContaining("consul.insecure = true");
        assertThat(settings).hasToString("consul [token]");
    }

    @Test
    @DisplayName("has settings that need each other, or are labels")
    void settings() {
        KindSettings settings = KindSettings.of("etcd", Map.of("user", "me", "label.pool", "gpu"));

        assertThat(settings.labels()).containsExactly(Map.entry("pool", "gpu"));
        assertThatThrownBy(() -> settings.isPair("user", "password"))
                .hasMessage("etcd.user and etcd.password need each other");
        assertThatThrownBy(() -> settings.requireOnly(Set.of("user", "password")))
                .hasMessage("there is no setting etcd.label.pool: there are [password, user]");
    }
}
