package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The port for health checks")
@Timeout(60)
class HealthPortTest {
    private static final Binding ANY_PORT = Binding.plain("127.0.0.1", 0);

    /** Asks from one of the addresses 127.0.0.x, and leaves the connection open. */
    private static Socket ask(int from, int port) throws Exception {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) from}), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
        socket.getOutputStream()
                .write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static int status(ListeningServer server, String method, String path) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.uri().resolve(path)).method(method, HttpRequest.BodyPublishers.noBody());
        return java.net.http.HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    @DisplayName("answers while every connection of the other port is taken, and that one answers nobody")
    void answersWhileAllIsTaken() throws Exception {
        List<Socket> taken = new ArrayList<>();
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Router.Builder watched = HealthPort.routes(ANY_PORT, List.of())
                .open("GET", "/health/live", call -> Answer.empty(204).now());
        try (ListeningServer health = HealthPort.open(ANY_PORT, watched.build());
                LoopbackServer busy = new LoopbackServer(
                        HttpLimits.USUAL.withMaxConnections(8),
                        routes -> routes.open("GET", "/health/live", call -> answer))) {
            for (int from = 1; from <= 8; from++) {
                taken.add(ask(from, busy.server.port()));
            }

            try (Socket late = ask(9, busy.server.port())) {
                late.setSoTimeout(1_000);
                assertThatThrownBy(() -> late.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            }
            assertThat(status(health, "GET", "/health/live")).isEqualTo(204);
            answer.complete(Answer.empty(204));
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }

    @Test
    @DisplayName("answers nothing else, and no page that reaches it by a name of its own")
    void nothingElse() throws Exception {
        Router.Builder watched = HealthPort.routes(ANY_PORT, List.of())
                .open("GET", "/health/live", call -> Answer.empty(204).now());
        try (ListeningServer health = HealthPort.open(ANY_PORT, watched.build());
                Socket rebound = new Socket(InetAddress.getLoopbackAddress(), health.port())) {
            assertThat(status(health, "GET", "/jobs")).isEqualTo(404);
            assertThat(status(health, "POST", "/health/live")).isEqualTo(405);

            rebound.getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.ISO_8859_1));

            assertThat(new String(rebound.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 421");
        }
    }
}
