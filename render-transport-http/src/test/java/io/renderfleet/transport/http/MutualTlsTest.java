package io.renderfleet.transport.http;

import static io.renderfleet.transport.http.Given.ended;
import static io.renderfleet.transport.http.Given.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.Target;
import io.renderfleet.transport.http.tls.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A node that wants mutual TLS")
class MutualTlsTest {
    private final HeldCertificate authority =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    @TempDir
    private Path folder;

    @Test
    @DisplayName("is reached by a client that has a certificate and trusts that of the node, and by no other")
    void mutualTls() throws Exception {
        HeldCertificate node = new HeldCertificate.Builder()
                .signedBy(authority)
                .addSubjectAlternativeName("localhost")
                .build();
        HeldCertificate client =
                new HeldCertificate.Builder().signedBy(authority).build();
        Path ca = write("ca.pem", authority.certificatePem());
        TlsFiles own = TlsFiles.identity(
                write("client.pem", client.certificatePem()), write("client.key", client.privateKeyPkcs8Pem()));
        try (MockWebServer server = new MockWebServer();
                HttpTransport known =
                        HttpTransport.builder().tls(own.trusting(ca)).build();
                HttpTransport stranger = HttpTransport.create()) {
            server.useHttps(new HandshakeCertificates.Builder()
                    .heldCertificate(node)
                    .addTrustedCertificate(authority.certificate())
                    .build()
                    .sslSocketFactory());
            server.requireClientAuth();
            server.enqueue(json(200, "{\"id\":\"n-1\"}").build());
            server.start();
            Target target = new Target.Machine(URI.create("https://localhost:" + server.getPort()));

            assertThat(ended(stranger.describe(target)))
                    .isInstanceOfSatisfying(
                            DescribeOutcome.Unreachable.class,
                            unreachable -> assertThat(unreachable.cause())
                                    .isEqualTo("no trust in the connection: the certificate of the other side is not"
                                            + " of a CA that is trusted here"));
            assertThat(ended(known.describe(target))).isInstanceOf(DescribeOutcome.Described.class);
            assertThat(server.takeRequest().getVersion()).isEqualTo("HTTP/1.1");
        }
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
