package io.renderfleet.transport.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testkit.KafkaServer;
import io.renderfleet.transport.queue.Broker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A Kafka that asks for TLS and a password")
@Timeout(120)
class KafkaSecurityTest {
    private static final String STORE_PASSWORD = "changeit";
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

    private static Path trusted;
    private static KafkaServer server;

    @BeforeAll
    static void start(@TempDir Path keys, @TempDir Path data) throws Exception {
        Path own = keys.resolve("server.p12");
        Path certificate = keys.resolve("server.pem");
        trusted = keys.resolve("trusted.p12");
        keytool(own, "-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost");
        keytool(own, "-exportcert", "-rfc", "-file", certificate.toString());
        keytool(trusted, "-importcert", "-noprompt", "-file", certificate.toString());
        List<Integer> ports = freePorts(3);
        String inside = "127.0.0.1:" + ports.get(1);
        String control = "127.0.0.1:" + ports.get(2);
        server = KafkaServer.startIn(
                Files.createDirectory(data.resolve("kafka")),
                Map.of(
                        "listeners",
                        "SASL_SSL://127.0.0.1:" + ports.get(0) + ",PLAINTEXT://" + inside + ",CONTROLLER://" + control,
                        "advertised.listeners",
                        "SASL_SSL://localhost:" + ports.get(0) + ",PLAINTEXT://" + inside,
                        "controller.quorum.voters",
                        "1@" + control,
                        "listener.security.protocol.map",
                        "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "sasl.enabled.mechanisms",
                        "PLAIN",
                        "listener.name.sasl_ssl.plain.sasl.jaas.config",
                        LOGIN + "user_farm=\"s3cret\";",
                        "ssl.keystore.location",
                        own.toString(),
                        "ssl.keystore.password",
                        STORE_PASSWORD));
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    private static void keytool(Path store, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                STORE_PASSWORD,
                "-alias",
                "kafka"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private static Map<String, String> settings(String password) {
        return Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                LOGIN + "username=\"farm\" password=\"" + password + "\";",
                "ssl.truststore.location",
                trusted.toString(),
                "ssl.truststore.password",
                STORE_PASSWORD);
    }

    /** What is first said of the connection. */
    private static String first(KafkaBroker broker) throws InterruptedException {
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        broker.start(new Broker.Listener() {
            @Override
            public void connected() {
                said.add("connected");
            }

            @Override
            public void away(String cause) {
                said.add(cause);
            }
        });
        String first = said.poll(40, TimeUnit.SECONDS);
        assertThat(first).isNotNull();
        return first;
    }

    @Test
    @DisplayName("keeps and hands out batches for those who sign in")
    void signsIn() throws Exception {
        try (KafkaBroker broker = KafkaBroker.at(server.address(), settings("s3cret"), "me")) {
            assertThat(first(broker)).isEqualTo("connected");
            assertThat(broker.put("safe", "a batch".getBytes(StandardCharsets.UTF_8))
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS))
                    .isInstanceOf(Broker.PutResult.Stored.class);
            BlockingQueue<Broker.Delivery> taken = new LinkedBlockingQueue<>();
            broker.take("safe", taken::add);

            Broker.Delivery delivery = taken.poll(40, TimeUnit.SECONDS);

            assertThat(delivery).isNotNull();
            assertThat(delivery.message()).asString(StandardCharsets.UTF_8).isEqualTo("a batch");
            delivery.acknowledge();
        }
    }

    @Test
    @DisplayName("says that a password is wrong, and not which")
    void wrongPassword() throws Exception {
        try (KafkaBroker broker = KafkaBroker.at(server.address(), settings("gu3ssed"), "me")) {
            assertThat(first(broker))
                    .contains("Authentication failed: Invalid username or password")
                    .doesNotContain("gu3ssed");
        }
    }

    @Tag("long")
    @Test
    @DisplayName("is not believed by those who do not know its certificate")
    void unknownCertificate() throws Exception {
        Map<String, String> settings = new HashMap<>(settings("s3cret"));
        settings.remove("ssl.truststore.location");
        settings.remove("ssl.truststore.password");
        try (KafkaBroker broker = KafkaBroker.at(server.address(), settings, "me")) {
            assertThat(first(broker))
                    .contains("unable to find valid certification path")
                    .doesNotContain("s3cret");
        }
    }

    @Tag("long")
    @Test
    @DisplayName("is not believed under another name than its certificate has")
    void otherName() throws Exception {
        URI byNumber = URI.create("kafka://127.0.0.1:" + server.address().getPort());
        try (KafkaBroker broker = KafkaBroker.at(byNumber, settings("s3cret"), "me")) {
            assertThat(first(broker)).contains("No subject alternative names matching IP address 127.0.0.1");
        }
    }

    @Tag("long")
    @Test
    @DisplayName("has no word for those who speak without TLS, who count as not connected")
    void withoutTls() throws Exception {
        try (KafkaBroker broker = KafkaBroker.at(server.address(), Map.of(), "me")) {
            assertThat(first(broker)).isNotEqualTo("connected");
        }
    }
}
