package io.renderfleet.discovery;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.testkit.NodeDiscoveryContract;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The addresses of a name")
class DnsAddressesTest extends NodeDiscoveryContract {
    private NameServer server;

    DnsAddressesTest() {}

    @BeforeEach
    void start() throws IOException {
        server = new NameServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    protected NodeDiscovery discovery() {
        return DnsDiscovery.addresses("nodes.farm.example", 3000)
                .server(server.address())
                .every(Duration.ofMillis(30))
                .build();
    }

    /** Odd ones have addresses of the old kind, even ones of the new. */
    @Override
    protected URI node(int number) {
        return URI.create(
                number % 2 == 1 ? "http://10.0.0." + number + ":3000" : "http://[2001:db8::" + number + "]:3000");
    }

    @Override
    protected void name(Set<URI> nodes) throws IOException {
        List<byte[]> old = new ArrayList<>();
        List<byte[]> modern = new ArrayList<>();
        for (URI node : nodes) {
            byte[] address = NameServer.address(node.getHost());
            (address.length == 4 ? old : modern).add(address);
        }
        server.records(NameServer.A, old);
        server.records(NameServer.AAAA, modern);
        server.code(NameServer.OK);
    }

    @Override
    protected void fail() {
        server.code(NameServer.SERVER_FAILURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "-a", "a..b", "a b", "a/b", "dns://a", "a:53", "ldap://x"})
    @DisplayName("are asked only of what is a name")
    void refusesNames(String name) {
        assertThatThrownBy(() -> DnsDiscovery.addresses(name, 3000)).hasMessageContaining("is no DNS name");
    }

    @Test
    @DisplayName("need a port")
    void refusesPorts() {
        assertThatThrownBy(() -> DnsDiscovery.addresses("a", 0)).hasMessageContaining("port is 0");
        assertThatThrownBy(() -> DnsDiscovery.addresses("a", 65_536)).hasMessageContaining("65536");
    }
}
