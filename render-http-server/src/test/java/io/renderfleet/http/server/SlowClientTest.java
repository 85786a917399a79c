package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A client that sends a byte now and then")
@Timeout(30)
class SlowClientTest {
    private final ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();
    private LoopbackServer server;

    @BeforeEach
    void start() throws Exception {
        BodyLimit impatient = new BodyLimit(1000, Duration.ofSeconds(1), 1 << 20);
        server = new LoopbackServer(
                HttpLimits.USUAL.withHeaderPatience(Duration.ofSeconds(1)),
                routes -> routes.route(
                        "POST",
                        "/json",
                        call -> call.json(impatient)
                                .thenApply(bytes -> Answer.json(200, Map.of("bytes", bytes.length)))));
    }

    @AfterEach
    void stop() {
        drip.shutdownNow();
        server.close();
    }

    /** Sends the beginning, then a blank every 100 ms for as long as the server takes them; returns what it answered. */
    private String drip(String beginning) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(beginning.getBytes(StandardCharsets.ISO_8859_1));
            ScheduledFuture<?> dripping = drip.scheduleAtFixedRate(() -> send(socket), 100, 100, TimeUnit.MILLISECONDS);
            StringBuilder answer = new StringBuilder();
            try {
                for (int next = socket.getInputStream().read();
                        next >= 0;
                        next = socket.getInputStream().read()) {
                    answer.append((char) next);
                }
            } catch (SocketException reset) {
                // The server has closed the connection while we were sending; what it said before counts.
            }
            dripping.cancel(false);
            return answer.toString();
        }
    }

    private static void send(Socket socket) {
        try {
            socket.getOutputStream().write('x');
        } catch (IOException closed) {
            throw new IllegalStateException("no more dripping", closed);
        }
    }

    @Test
    @DisplayName("loses its connection if the headers do not get complete")
    void headers() throws Exception {
        assertThat(drip("POST /json HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")).doesNotContain("200");
    }

    @Test
    @DisplayName("gets 408 if the body does not get complete")
    void body() throws Exception {
        String head = "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

        assertThat(drip(head + "Content-Length: 900\r\n\r\n")).startsWith("HTTP/1.1 408");
    }

    @Test
    @DisplayName("loses its connection if it sends nothing at all")
    void silent() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.server.port())) {
            socket.setSoTimeout(20_000);

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    @DisplayName("that opens as many connections as it can leaves a quarter for other addresses")
    void leavesRoom() throws Exception {
        List<Socket> greedy = new ArrayList<>();
        try (LoopbackServer small = new LoopbackServer(
                HttpLimits.USUAL.withMaxConnections(8),
                routes -> routes.open(
                        "GET", "/health/live", call -> Answer.empty(204).now()))) {
            for (int i = 0; i < 30; i++) {
                greedy.add(new Socket(InetAddress.getLoopbackAddress(), small.server.port()));
            }
            try (Socket other = new Socket()) {
                other.setSoTimeout(5_000);
                other.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), 0));
                other.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), small.server.port()), 5_000);
                other.getOutputStream()
                        .write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1));

                assertThat(new String(other.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1))
                        .isEqualTo("HTTP/1.1 204");
            }
        } finally {
            for (Socket socket : greedy) {
                socket.close();
            }
        }
    }
}
