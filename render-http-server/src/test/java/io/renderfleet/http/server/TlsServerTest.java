package io.renderfleet.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.renderfleet.transport.http.NoAnswer;
import io.renderfleet.transport.http.tls.TlsFiles;
import io.renderfleet.transport.http.tls.WatchedTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@DisplayName("A server with TLS")
class TlsServerTest {
    private static final String TOKEN = "a-token-of-some-length";

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private TestAuthority authority;

    @BeforeEach
    void listen() throws IOException {
        authority = new TestAuthority(folder, "ca");
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.renderfleet");
    }

    private ListeningServer start(TlsFiles tls) throws IOException {
        Sessions sessions = new Sessions(
                new BearerTokens(Map.of(TOKEN, new Caller("ada", Set.of()))), true, new Random(1), () -> 0, false);
        Router.Builder routes = Router.builder()
                .callers(sessions)
                .open("GET", "/", call -> Answer.json(200, Map.of()).now());
        sessions.addTo(routes);
        return ListeningServer.start(
                new Binding("127.0.0.1", 0, tls, false), routes.build(), routes.errors(), HttpLimits.USUAL);
    }

    private static HttpResponse<String> get(ListeningServer server, TlsFiles client) throws Exception {
        return get(WatchedTls.client(WatchedTls.of(client)).build(), server.uri());
    }

    private static HttpResponse<String> get(HttpClient client, URI uri) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What the client and the server say of a connection that fails; the server in one line without a stack trace. */
    private void assertRefused(ListeningServer server, TlsFiles client, String clientSays, String serverSays) {
        log.list.clear();
        assertThatThrownBy(() -> get(server, client))
                .satisfies(failure -> assertThat(NoAnswer.reason(failure)).contains(clientSays));
        assertServerSays(serverSays);
    }

    private void assertServerSays(String text) {
        await().atMost(Duration.ofSeconds(10)).until(() -> !ofConnections().isEmpty());
        // A line for each connection: the JDK's client may try a GET again by itself.
        assertThat(ofConnections()).hasSizeBetween(1, 5).allSatisfy(line -> {
            assertThat(line.getFormattedMessage())
                    .startsWith("TLS connection of 127.0.0.1 failed: ")
                    .contains(text);
            assertThat(line.getThrowableProxy()).isNull();
        });
    }

    private List<ILoggingEvent> ofConnections() {
        return List.copyOf(log.list).stream()
                .filter(line -> line.getLoggerName().equals(ListeningServer.class.getName()))
                .toList();
    }

    @Test
    @DisplayName("answers those who trust its CA, and gives browsers a cookie that never travels in clear text")
    void answers() throws Exception {
        try (ListeningServer server = start(authority.sign("server"))) {
            assertThat(server.uri().getScheme()).isEqualTo("https");
            assertThat(get(server, TlsFiles.trust(authority.file)).statusCode()).isEqualTo(200);

            HttpClient client = WatchedTls.client(WatchedTls.of(TlsFiles.trust(authority.file)))
                    .build();
            HttpResponse<String> session = client.send(
                    HttpRequest.newBuilder(server.uri().resolve("/session"))
                            .header("Authorization", "Bearer " + TOKEN)
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(session.headers().firstValue("Set-Cookie"))
                    .hasValueSatisfying(cookie -> assertThat(cookie).endsWith("; HttpOnly; SameSite=Strict; Secure"));
        }
    }

    @Test
    @DisplayName("is not trusted by a client of another CA; both say so in a line")
    void otherAuthority() throws Exception {
        Path other = new TestAuthority(folder, "other").file;
        try (ListeningServer server = start(authority.sign("server"))) {
            assertRefused(
                    server,
                    TlsFiles.trust(other),
                    "the certificate of the other side is not of a CA that is trusted here",
                    "not accept our certificate");
        }
    }

    @Test
    @DisplayName("is not trusted once its certificate has expired; both say so in a line")
    void expired() throws Exception {
        TlsFiles expired = authority.sign(
                "expired",
                builder -> builder.addSubjectAlternativeName("127.0.0.1").validityInterval(0, 1_000_000_000));
        try (ListeningServer server = start(expired)) {
            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .contains("The certificate " + expired.certificate() + " has expired on 1970-01-12T13:46:40Z");
            assertRefused(
                    server,
                    TlsFiles.trust(authority.file),
                    "the certificate of the other side has expired",
                    "not accept our certificate");
        }
    }

    @Test
    @DisplayName("is not trusted where its certificate is for another host; both say so in a line")
    void otherHost() throws Exception {
        TlsFiles elsewhere = authority.sign("elsewhere", builder -> builder.addSubjectAlternativeName("farm.example"));
        try (ListeningServer server = start(elsewhere)) {
            assertRefused(
                    server,
                    TlsFiles.trust(authority.file),
                    "the certificate of the other side is for another host: ",
                    "not accept our certificate");
        }
    }

    @Test
    @DisplayName("with a CA for clients lets in those with a certificate of it, and no others; both say so in a line")
    void mutual() throws Exception {
        TestAuthority others = new TestAuthority(folder, "others");
        try (ListeningServer server = start(authority.sign("server").trusting(authority.file))) {
            assertThat(get(server, authority.sign("client").trusting(authority.file))
                            .statusCode())
                    .isEqualTo(200);
            assertRefused(
                    server,
                    TlsFiles.trust(authority.file),
                    "not accept our certificate",
                    "the other side has sent no certificate, and one is needed");
            assertRefused(
                    server,
                    authority
                            .sign("late", builder -> builder.validityInterval(0, 1_000_000_000))
                            .trusting(authority.file),
                    "not accept our certificate",
                    "the certificate of the other side has expired");
            assertRefused(
                    server,
                    others.sign("stranger").trusting(authority.file),
                    "not accept our certificate",
                    "the other side has sent no certificate, and one is needed");
        }
    }

    @Test
    @DisplayName("speaks no TLS 1.1: a client gets the alert 'protocol version', and the log a line")
    void oldProtocol() throws Exception {
        // A ClientHello (RFC 4346, section 7.4.1.2) of a client that speaks TLS 1.1 at most.
        ByteBuffer hello = ByteBuffer.allocate(50)
                .put(new byte[] {22, 3, 1, 0, 45})
                .put(new byte[] {1, 0, 0, 41})
                .put(new byte[] {3, 2})
                .put(new byte[32])
                .put(new byte[] {0})
                .put(new byte[] {0, 2, (byte) 0xC0, 0x13})
                .put(new byte[] {1, 0});
        try (ListeningServer server = start(authority.sign("server"));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(hello.array());
            byte[] alert = socket.getInputStream().readNBytes(7);

            assertThat(alert[0]).as("a record with an alert").isEqualTo((byte) 21);
            assertThat(alert[5]).as("fatal").isEqualTo((byte) 2);
            assertThat(alert[6]).as("protocol_version").isEqualTo((byte) 70);
            assertServerSays("no version of TLS is spoken by both sides (1.2 and 1.3 are spoken here)");
        }
    }

    @Test
    @DisplayName(
            "goes on answering while its certificate is replaced, with not one request failing, and then shows the new one")
    void replaced() throws Exception {
        TlsFiles files = authority.sign("server");
        TlsFiles client = TlsFiles.trust(authority.file);
        try (ListeningServer server = start(files)) {
            String before = serial(server, client);
            authority.sign("server");

            int asked = 0;
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            String now = before;
            while (now.equals(before) && System.nanoTime() < deadline) {
                now = serial(server, client);
                asked++;
            }

            assertThat(now).isNotEqualTo(before);
            assertThat(asked).isGreaterThan(3);
        }
    }

    @Test
    @DisplayName("lets in nobody by a CA for clients that was replaced, whoever was let in before")
    void authorityReplaced() throws Exception {
        TestAuthority old = new TestAuthority(folder, "clients");
        TestAuthority next = new TestAuthority(folder, "next");
        WatchedTls client = WatchedTls.of(old.sign("client").trusting(authority.file));
        try (ListeningServer server = start(authority.sign("server").trusting(old.file))) {
            assertThat(get(WatchedTls.client(client).build(), server.uri()).statusCode())
                    .isEqualTo(200);
            Files.copy(next.file, old.file, StandardCopyOption.REPLACE_EXISTING);

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThatThrownBy(
                                    () -> get(WatchedTls.client(client).build(), server.uri()))
                            .isInstanceOf(IOException.class));
            assertThat(get(server, next.sign("newcomer").trusting(authority.file))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    @DisplayName("keeps the certificate that it has where the new file is broken, and says so once")
    void broken() throws Exception {
        TlsFiles files = authority.sign("server");
        Path certificate = Objects.requireNonNull(files.certificate());
        try (ListeningServer server = start(files)) {
            Files.writeString(certificate, "half a fi");
            await().atMost(Duration.ofSeconds(10)).until(() -> !log.list.isEmpty());

            assertThat(get(server, TlsFiles.trust(authority.file)).statusCode()).isEqualTo(200);
            assertThat(List.copyOf(log.list)).singleElement().satisfies(line -> {
                assertThat(line.getFormattedMessage())
                        .isEqualTo("TLS goes on with the certificate from before: the certificate " + certificate
                                + " holds no certificate: it must be PEM, with a line -----BEGIN CERTIFICATE-----");
                assertThat(line.getThrowableProxy()).isNull();
            });
        }
    }

    @Test
    @DisplayName("does not start where a file cannot be used, or there is a CA alone")
    void unusable() {
        assertThatThrownBy(() -> start(TlsFiles.identity(folder.resolve("none.pem"), folder.resolve("none.key"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the certificate " + folder.resolve("none.pem") + ": there is no such file");
        assertThatThrownBy(() -> start(TlsFiles.trust(authority.file)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--tls-cert and --tls-key");
    }

    @Test
    @DisplayName("tells a client that speaks no TLS nothing, and logs that in a line")
    void plain() throws Exception {
        try (ListeningServer server = start(authority.sign("server"))) {
            log.list.clear();
            URI plain = URI.create("http://127.0.0.1:" + server.port() + "/");

            assertThatThrownBy(() -> get(HttpClient.newHttpClient(), plain)).isInstanceOf(IOException.class);
            assertServerSays("the other side speaks no TLS: is it http, not https?");
        }
    }

    private static String serial(ListeningServer server, TlsFiles client) throws Exception {
        return get(server, client)
                .sslSession()
                .orElseThrow()
                .getPeerCertificates()[0]
                .toString();
    }
}
