package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The list of URLs where nodes may register")
class NodeUrlsTest {
    NodeUrlsTest() {}

    private static List<String> rules(String text) {
        return Arrays.stream(text.split(" ")).filter(rule -> !rule.isEmpty()).toList();
    }

    @ParameterizedTest(name = "''{0}'' {3} {1} from {2}")
    @CsvSource({
        "'', http://127.0.0.1:3000, 127.0.0.1, true",
        "'', http://localhost:3000, 127.0.0.1, true",
        "'', http://[::1]:3000, 127.0.0.1, true",
        "'', http://10.0.0.7:3000, 10.0.0.7, true",
        "'', http://10.0.0.8:3000, 10.0.0.7, false",
        "'', http://127.0.0.1:3000, 10.0.0.7, false",
        "'', http://169.254.169.254, 10.0.0.7, false",
        "caller, http://10.0.0.7:3000, 10.0.0.7, true",
        "10.0.0.0/8, http://10.9.8.7, 192.168.0.1, true",
        "10.0.0.0/8, http://11.9.8.7, 192.168.0.1, false",
        "10.0.0.0/8, http://10.9.8.7.elsewhere.invalid, 192.168.0.1, false",
        "10.0.0.7, http://10.0.0.7:1, 192.168.0.1, true",
        "10.0.0.7, http://10.0.0.8:1, 192.168.0.1, false",
        "fd00::/8, http://[fd12::1]:3000, 192.168.0.1, true",
        "fd00::/8, http://[fe80::1]:3000, 192.168.0.1, false",
        "node-1, http://node-1:3000, 192.168.0.1, true",
        "node-1, http://NODE-1.:3000, 192.168.0.1, true",
        "node-1, http://node-11:3000, 192.168.0.1, false",
        "*.farm.example, https://a.b.farm.example, 192.168.0.1, true",
        "*.farm.example, https://farm.example, 192.168.0.1, false",
        "*.farm.example, https://badfarm.example, 192.168.0.1, false",
        "http://node-1, http://node-1:3000/x, 192.168.0.1, true",
        "http://node-1, http://node-1.elsewhere:3000, 192.168.0.1, false",
        "http://node-1, https://node-1:3000, 192.168.0.1, false",
        "http://node-1:3000, http://node-1:3001, 192.168.0.1, false",
        "http://node-1/a, http://node-1/a/b, 192.168.0.1, true",
        "http://node-1/a, http://node-1/ab, 192.168.0.1, false",
        "http://node-1/a, http://node-1/a/../b, 192.168.0.1, false",
        "http://*.farm.example:3000/, http://n.farm.example:3000, 192.168.0.1, true",
        "http://[fd12::1]:3000, http://[fd12::1]:3000, 192.168.0.1, true",
        "node-1 caller, http://127.0.0.1:3000, 127.0.0.1, true",
        "node-1, http://127.0.0.1:3000, 127.0.0.1, false",
    })
    @DisplayName("lets in what it names, and nothing that only looks like it")
    void allows(String rules, String url, String caller, boolean allowed) throws Exception {
        assertThat(NodeUrls.of(rules(rules))
                        .allowed(URI.create(url), InetAddress.getByName(caller))
                        .isPresent())
                .isEqualTo(allowed);
    }

    @ParameterizedTest(name = "''{0}'' binds {1} to ''{2}''")
    @CsvSource({
        "'', http://127.0.0.1:3000, 127.0.0.1",
        "127.0.0.0/8, http://127.0.0.9, 127.0.0.9",
        "node-1.invalid, http://node-1.invalid:3000, ''",
        "http://127.0.0.1:3000, http://127.0.0.1:3000, ''",
        "caller 127.0.0.1, http://127.0.0.1, 127.0.0.1",
        "caller http://127.0.0.1, http://127.0.0.1, ''",
    })
    @DisplayName("binds a URL to the addresses that it had, unless a rule trusts its name")
    void binds(String rules, String url, String addresses) throws Exception {
        List<InetAddress> bound = NodeUrls.of(rules(rules))
                .allowed(URI.create(url), InetAddress.getLoopbackAddress())
                .orElseThrow();

        assertThat(bound).map(InetAddress::getHostAddress).isEqualTo(rules(addresses));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/33",
                "10.0.0.0/x",
                "10.0.0.1/8",
                "10.0.0/8",
                "300.1.1.1",
                "fd00::/129",
                "fd00:::1",
                "*",
                "*.",
                "-",
                "node 1",
                "ftp://node-1",
                "http://",
                "http://user@node-1",
                "http://node-1?x",
                "http://no*de",
            })
    @DisplayName("refuses a rule that it cannot read, and names it")
    void refuses(String rule) {
        assertThatThrownBy(() -> NodeUrls.of(List.of(rule)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'");
    }
}
