package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.http.server.Binding;
import io.renderfleet.http.server.HttpLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A node's port for health checks")
@Timeout(120)
class HealthPortTest {
    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> get(URI where, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(where.resolve(path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    @DisplayName("answers while slow bodies from many addresses take every connection")
    void answersWhileAllIsTaken() throws Exception {
        List<Socket> taken = new ArrayList<>();
        try (TestNode node = TestNode.start(
                folder,
                Duration.ZERO,
                builder -> {},
                http -> http.rateLimit(null)
                        .limits(HttpLimits.USUAL.withMaxConnections(8))
                        .health(Binding.plain("127.0.0.1", 0)))) {
            URI health = node.server.healthUri().orElseThrow();
            for (int from = 1; from <= 8; from++) {
                Socket socket = new Socket();
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) from}), 0));
                socket.connect(new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), node.server.uri().getPort()));
                socket.getOutputStream()
                        .write(("POST /job HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: 60000\r\n\r\n{")
                                .getBytes(StandardCharsets.ISO_8859_1));
                taken.add(socket);
            }

            assertThat(get(health, "/health/live").statusCode()).isEqualTo(200);
            assertThat(get(health, "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(health, "/metrics").body()).contains("renderfleet_node_slots ");
            node.server.node().drain(Duration.ZERO);
            await().untilAsserted(() ->
                    assertThat(get(health, "/health/ready").statusCode()).isEqualTo(503));
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }

    @Test
    @DisplayName("is what --health-port says, wants no token, and shows nothing else")
    void flags() throws Exception {
        try (NodeProcess node = NodeProcess.start(
                folder,
                Map.of("RENDER_NODE_TOKEN", "a-token-of-some-length"),
                "--port=0",
                "--health-port=0",
                "--engine=test-pattern")) {
            URI main = node.awaitListening();
            URI health = node.health();

            assertThat(get(main, "/metrics").statusCode()).isEqualTo(401);
            assertThat(get(health, "/metrics").statusCode()).isEqualTo(200);
            assertThat(get(health, "/health/live").statusCode()).isEqualTo(200);
            assertThat(get(health, "/node").statusCode()).isEqualTo(404);
        }
    }

    @Test
    @DisplayName("has to be a port")
    void wrongFlag() throws Exception {
        try (NodeProcess node = NodeProcess.start(folder, Map.of(), "--health-port=70000", "--engine=test-pattern")) {
            assertThat(node.awaitEnd())
                    .anySatisfy(
                            line -> assertThat(line).contains("--health-port is 70000: it must be from 0 to 65535"));
            assertThat(node.exitCode()).isEqualTo(2);
        }
    }
}
