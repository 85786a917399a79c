package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.transport.http.tls.TlsFiles;
import io.renderfleet.transport.http.tls.WatchedTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A server of which clients want more connections than it has")
@Timeout(60)
class CrowdedServerTest {
    private static final int PLACES = 32;
    private static final HttpLimits LIMITS = HttpLimits.USUAL.withMaxConnections(PLACES);

    private final CompletableFuture<Answer> late = new CompletableFuture<>();
    private final Semaphore asked = new Semaphore(0);
    private final List<Socket> open = new ArrayList<>();
    private ListeningServer server;

    @BeforeEach
    void start() throws IOException {
        server = start(Binding.plain("127.0.0.1", 0));
    }

    private ListeningServer start(Binding binding) throws IOException {
        Router.Builder routes = Router.builder()
                .callers(Callers.everybody(new Caller("anybody", Set.of())))
                .open("GET", "/now", call -> Answer.empty(204).now())
                .open("GET", "/late", call -> {
                    asked.release();
                    return late;
                });
        return ListeningServer.start(binding, routes.build(), routes.errors(), LIMITS);
    }

    @AfterEach
    void stop() throws IOException {
        late.complete(Answer.empty(204));
        for (Socket socket : open) {
            socket.close();
        }
        server.close();
    }

    /** Connects from 127.0.0.x. */
    private Socket connect(int from) throws IOException {
        Socket socket = new Socket();
        open.add(socket);
        socket.setSoTimeout(10_000);
        socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) from}), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), 10_000);
        return socket;
    }

    private static void send(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The status of the next answer, or nothing if the server has closed the connection. */
    private static String status(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.substring(9, 12);
    }

    private static String ask(Socket socket) throws IOException {
        send(socket, "/now");
        return status(socket);
    }

    @Test
    @DisplayName("lets each newcomer in while many addresses hold silent connections")
    void silentOnesMakeWay() throws Exception {
        for (int round = 0; round < 20; round++) {
            for (int from = 2; from < 12; from++) {
                connect(from);
            }
        }

        for (int from = 20; from < 40; from++) {
            assertThat(ask(connect(from))).as("127.0.0." + from).isEqualTo("204");
        }
    }

    @Test
    @DisplayName("closes connections that have never asked before those that have, and none that is being answered")
    void whoGoesFirst() throws Exception {
        Socket answered = connect(2);
        send(answered, "/late");
        Socket honest = connect(2);
        assertThat(ask(honest)).isEqualTo("204");
        for (int i = 0; i < 200; i++) {
            connect(2 + i % 8);
        }

        assertThat(ask(honest)).as("one that keeps its connection for later").isEqualTo("204");
        late.complete(Answer.empty(204));
        assertThat(status(answered)).isEqualTo("204");
    }

    @Test
    @DisplayName("closes silent connections of an address that has its share for a new one of the same address")
    void ownOnesMakeWay() throws Exception {
        for (int i = 0; i < 100; i++) {
            connect(2);
        }

        assertThat(ask(connect(2))).isEqualTo("204");
    }

    @Test
    @DisplayName("closes a new connection of an address whose share is busy, and lets others in")
    void busyShare() throws Exception {
        for (int i = 0; i < PLACES * 3 / 4; i++) {
            send(connect(2), "/late");
        }
        assertThat(asked.tryAcquire(PLACES * 3 / 4, 10, TimeUnit.SECONDS)).isTrue();

        assertThat(connect(2).getInputStream().read()).isEqualTo(-1);
        assertThat(ask(connect(3))).isEqualTo("204");
    }

    @Test
    @DisplayName("lets newcomers in over TLS too while others do not even shake hands")
    void overTls(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder, "ca");
        server.close();
        server = start(new Binding("127.0.0.1", 0, authority.sign("server"), false));
        for (int round = 0; round < 20; round++) {
            for (int from = 2; from < 12; from++) {
                connect(from);
            }
        }

        SSLContext trusting = WatchedTls.client(WatchedTls.of(TlsFiles.trust(authority.file)))
                .build()
                .sslContext();
        for (int from = 20; from < 30; from++) {
            Socket secure = trusting.getSocketFactory().createSocket(connect(from), "localhost", server.port(), true);
            assertThat(ask(secure)).as("127.0.0." + from).isEqualTo("204");
        }
    }
}
