package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.Target;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A node that wants mutual TLS")
class MutualTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path folder;

    @Test
    @DisplayName("is reached with a client that has a certificate, and with no other")
    void mutualTls() throws Exception {
        SSLContext trusted = contextOf(keyPair());
        try (MockWebServer server = new MockWebServer();
                HttpTransport known = HttpTransport.builder()
                        .client(HttpClient.newBuilder().sslContext(trusted).build())
                        .build();
                HttpTransport stranger = HttpTransport.create()) {
            server.useHttps(trusted.getSocketFactory());
            server.requireClientAuth();
            server.enqueue(json(200, "{\"id\":\"n-1\"}").build());
            server.start();
            Target target = new Target.Machine(URI.create("https://localhost:" + server.getPort()));

            assertThat(ended(stranger.describe(target)))
                    .isInstanceOfSatisfying(
                            DescribeOutcome.Unreachable.class,
                            unreachable -> assertThat(unreachable.cause()).startsWith("no trust in the connection"));
            assertThat(ended(known.describe(target))).isInstanceOf(DescribeOutcome.Described.class);
            assertThat(server.takeRequest().getVersion()).isEqualTo("HTTP/1.1");
        }
    }

    private Path keyPair() throws Exception {
        Path store = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(store).as(Files.readString(folder.resolve("keytool.log"))).exists();
        return store;
    }

    private static SSLContext contextOf(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
