package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.transport.http.tls.TlsFiles;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.util.Optional;
import mockwebserver3.MockWebServer;
import org.eclipse.jetty.client.HttpClient;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A token over plain HTTP")
class ClearTextTest {
    private static final String TOKEN = "a-token-of-this-test";

    @ParameterizedTest(name = "{0}: {1}")
    @DisplayName("goes to this machine, and to no other")
    @CsvSource({
        "http://localhost:3001, true",
        "http://LOCALHOST, true",
        "http://127.0.0.1:3001, true",
        "http://127.9.8.7, true",
        "http://[::1]:3001, true",
        "https://node-1:3001, true",
        "http://node-1:3001, false",
        "http://10.0.0.7, false",
        "http://localhost.example, false",
        "http://127.0.0.1.example, false",
        "http://[2001:db8::1]:3001, false",
    })
    void hosts(URI url, boolean allowed) {
        assertThat(ClearText.refusal(url).isEmpty()).isEqualTo(allowed);
    }

    @Test
    @DisplayName("is not sent to another machine: the call fails and says why, without a connection")
    void refused() throws Exception {
        InetAddress outward = outward();
        try (MockWebServer server = new MockWebServer();
                HttpTransport careful = HttpTransport.builder().token(TOKEN).build();
                HttpTransport anonymous = HttpTransport.create();
                HttpTransport daring =
                        HttpTransport.builder().token(TOKEN).insecureHttp().build()) {
            server.start(outward, 0);
            server.enqueue(json(200, "{\"id\":\"n-1\"}").build());
            server.enqueue(json(200, "{\"id\":\"n-1\"}").build());
            Target target =
                    new Target.Machine(URI.create("http://" + outward.getHostAddress() + ":" + server.getPort()));

            assertThat(ended(careful.describe(target)))
                    .isInstanceOfSatisfying(
                            DescribeOutcome.Unreachable.class,
                            unreachable -> assertThat(unreachable.cause())
                                    .isEqualTo("no token is sent to " + outward.getHostAddress()
                                            + " over plain http, where others could read it: use https, or allow it"
                                            + " (--insecure-http) where the network is private"));
            assertThat(server.getRequestCount()).isZero();
            assertThat(ended(anonymous.describe(target))).isInstanceOf(DescribeOutcome.Described.class);
            assertThat(ended(daring.describe(target))).isInstanceOf(DescribeOutcome.Described.class);
            assertThat(server.takeRequest().getHeaders().get("Authorization")).isNull();
            assertThat(server.takeRequest().getHeaders().get("Authorization")).isEqualTo("Bearer " + TOKEN);
        }
    }

    @Test
    @DisplayName("is no matter of a client that brings its own TLS along with files for it")
    void clientAndTls() throws Exception {
        HttpClient own = new HttpClient();
        own.setFollowRedirects(false);
        own.start();
        try {
            HttpTransportBuilder both = HttpTransport.builder().client(own).tls(TlsFiles.usual());

            assertThatThrownBy(both::build).hasMessage("client and tls are both set: a client brings its own TLS");
        } finally {
            own.stop();
        }
    }

    /** An address of this machine by which others reach it; what is sent there does not leave the machine. */
    private static InetAddress outward() throws Exception {
        Optional<InetAddress> found = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
        Assumptions.assumeTrue(found.isPresent(), "this machine has no address but loopback");
        return found.orElseThrow();
    }
}
