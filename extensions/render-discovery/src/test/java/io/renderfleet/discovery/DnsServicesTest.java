package io.renderfleet.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.spi.NodeDiscovery;
import io.renderfleet.core.spi.Target;
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

@DisplayName("The services under a name")
class DnsServicesTest extends NodeDiscoveryContract {
    private static final String NAME = "_render._tcp.farm.example";

    private NameServer server;

    DnsServicesTest() {}

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
        return DnsDiscovery.services(NAME)
                .server(server.address())
                .every(Duration.ofMillis(30))
                .build();
    }

    @Override
    protected URI node(int number) {
        return URI.create("http://node-" + number + ".farm.example:" + (3000 + number));
    }

    @Override
    protected void name(Set<URI> nodes) throws IOException {
        List<byte[]> services = new ArrayList<>();
        for (URI node : nodes) {
            services.add(NameServer.service(node.getPort(), node.getHost()));
        }
        server.records(NameServer.SRV, services);
        server.code(NameServer.OK);
    }

    /** Somebody who has mistyped the zone does not mean that all nodes are to be sent home. */
    @Override
    protected void fail() {
        server.code(NameServer.NO_SUCH_NAME);
    }

    @Test
    @DisplayName("are none where the record says that there are none")
    void noService() throws IOException {
        server.records(NameServer.SRV, List.of(NameServer.service(0, ".")));

        assertThat(new DnsRecords(server.address()).services("http", NAME)).isEmpty();
    }

    @Test
    @DisplayName("may be called by https")
    void https() throws IOException {
        server.records(NameServer.SRV, List.of(NameServer.service(443, "N.example")));

        assertThat(new DnsRecords(server.address()).services("https", NAME))
                .containsExactly(new Target.Machine(URI.create("https://n.example:443")));
    }

    @Test
    @DisplayName("are refused where a record has no port")
    void noPort() throws IOException {
        server.records(NameServer.SRV, List.of(NameServer.service(0, "n.example")));

        assertThatThrownBy(() -> new DnsRecords(server.address()).services("http", NAME))
                .hasMessageContaining("whose host or port is none");
    }
}
