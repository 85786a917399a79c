package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.http.server.Binding;
import io.renderfleet.http.server.HttpLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An orchestrator's port for health checks")
@Timeout(120)
class HealthPortTest {
    @TempDir
    Path folder;

    private static HttpResponse<String> get(URI where, String path) {
        return TestFarm.send(ProcessFarm.request(where, path));
    }

    /** A port that nobody listens on just now. */
    private static int freePort() throws Exception {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    @Test
    @DisplayName("answers while slow bodies from many addresses take every connection")
    void answersWhileAllIsTaken() throws Exception {
        List<Socket> taken = new ArrayList<>();
        int port = freePort();
        URI health = URI.create("http://127.0.0.1:" + port);
        try (TestFarm farm = new TestFarm(
                folder,
                1,
                server -> server.limits(HttpLimits.USUAL.withMaxConnections(8))
                        .health(Binding.plain("127.0.0.1", port)))) {
            for (int from = 1; from <= 8; from++) {
                Socket socket = new Socket();
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) from}), 0));
                socket.connect(new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), farm.server.uri().getPort()));
                socket.getOutputStream()
                        .write(("POST /render HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: 60000\r\n\r\n{")
                                .getBytes(StandardCharsets.ISO_8859_1));
                taken.add(socket);
            }

            assertThat(get(health, "/health/live").statusCode()).isEqualTo(200);
            assertThat(get(health, "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(health, "/metrics").body()).contains("renderfleet_ready 1");
            for (Socket socket : taken) {
                socket.close();
            }
        }
        assertThatThrownBy(() -> get(health, "/health/live")).hasMessageContaining("Connect");
    }

    @Test
    @DisplayName("is what --health-port says, wants no token, and shows nothing else")
    void flags() throws Exception {
        int port = freePort();
        URI health = URI.create("http://127.0.0.1:" + port);
        try (ServerProcess orchestrator = ServerProcess.start(
                OrchestratorMain.class,
                folder,
                Map.of("RENDER_ORCHESTRATOR_TOKEN", "a-token-of-some-length"),
                "--port=0",
                "--health-port=" + port)) {
            URI main = orchestrator.uri();

            assertThat(orchestrator.hasSaid("health checks at " + health)).isTrue();
            assertThat(get(main, "/metrics").statusCode()).isEqualTo(401);
            assertThat(get(health, "/metrics").body()).contains("renderfleet_ready 1");
            assertThat(get(health, "/health/live").statusCode()).isEqualTo(200);
            assertThat(get(health, "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(health, "/jobs").statusCode()).isEqualTo(404);
        }
    }

    @Test
    @DisplayName("has to be a port")
    void wrongFlag() throws Exception {
        try (ServerProcess orchestrator =
                ServerProcess.start(OrchestratorMain.class, folder, Map.of(), "--health-port=-1")) {
            assertThat(orchestrator.awaitEnd())
                    .anySatisfy(line -> assertThat(line).contains("--health-port is -1: it must be from 0 to 65535"));
            assertThat(orchestrator.exitCode()).isEqualTo(2);
        }
    }
}
