package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.NodeRegistration;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.orchestrator.OrchestratorServer;
import io.renderfleet.transport.http.HttpTransport;
import io.renderfleet.transport.http.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A farm with mutual TLS")
class SecureFarmTest {
    private static final String TOKEN = "a-token-of-this-test";
    private static final String NODE_TOKEN = "a-token-for-the-node";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final HeldCertificate authority =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    @TempDir
    private Path folder;

    private Path ca;
    private OrchestratorServer orchestrator;
    private NodeRegistration registration;

    @BeforeEach
    void start() throws Exception {
        ca = write("ca.pem", authority.certificatePem());
        TlsFiles ofNode = sign("node", authority).trusting(ca);
        TlsFiles ofOrchestrator = sign("orchestrator", authority).trusting(ca);
        RenderNodeServer node = RenderNodeServer.builder(RenderNode.builder()
                        .engine(new TestPatternEngine())
                        .outputRoot(folder.resolve("node"))
                        .build())
                .port(0)
                .token(NODE_TOKEN)
                .tls(ofNode)
                .start();
        open.add(0, node);
        orchestrator = OrchestratorServer.builder()
                .renderer("test-pattern")
                .transport(HttpTransport.builder()
                        .token(NODE_TOKEN)
                        .tls(ofOrchestrator)
                        .build())
                .outputRoot(folder.resolve("farm"))
                .port(0)
                .token(TOKEN)
                .tls(ofOrchestrator)
                .start();
        open.add(0, orchestrator);
        registration = NodeRegistration.builder(node.node(), node.uri())
                .orchestrators(orchestrator.uri().toString())
                .token(TOKEN)
                .tls(ofNode)
                .start();
        open.add(0, registration);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    @DisplayName("takes its node in, renders what is submitted with a certificate, and gives the frames back")
    void framesComeHome() throws Exception {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> registration.registeredAt().isPresent());

        Ran ran = render(sign("artist", authority).trusting(ca), "submit", "1-3", "--wait", "--fetch", "home");

        assertThat(ran.err()).contains("Job completed").contains("3 files downloaded");
        assertThat(ran.code()).isZero();
        try (var files = Files.list(folder.resolve("home"))) {
            assertThat(files).hasSize(3);
        }
    }

    @Test
    @DisplayName("is not trusted by a client that trusts another CA, which is told so in a line")
    void otherAuthority() throws Exception {
        HeldCertificate other =
                new HeldCertificate.Builder().certificateAuthority(0).build();

        assertRefused(
                render(sign("artist", authority).trusting(write("other.pem", other.certificatePem())), "jobs"),
                "no trust in the connection: the certificate of the other side is not of a CA that is trusted here");
    }

    @Test
    @DisplayName(
            "does not let in a client without a certificate, or with one of another CA, which is told so in a line")
    void noCertificate() throws Exception {
        HeldCertificate other =
                new HeldCertificate.Builder().certificateAuthority(0).build();

        assertRefused(render(TlsFiles.trust(ca), "jobs"), "not accept our certificate, or wants one and has got none");
        assertRefused(
                render(sign("stranger", other).trusting(ca), "jobs"),
                "not accept our certificate, or wants one and has got none");
    }

    @Test
    @DisplayName("has options whose files are refused by their names")
    void options() throws Exception {
        Path nowhere = folder.resolve("nowhere.pem");

        assertThat(render(TlsFiles.trust(nowhere), "jobs"))
                .isEqualTo(new Ran(2, "", "render: --tls-ca " + nowhere + ": there is no such file\n"));
        assertThat(Ran.render("jobs", "--tls-cert", ca.toString()))
                .isEqualTo(
                        new Ran(2, "", "render: --tls-cert and --tls-key go together, and there is only --tls-cert\n"));
    }

    @Test
    @DisplayName(
            "could be left for plain HTTP by mistake: no token is sent to another machine that way, unless allowed by name")
    void clearText() throws Exception {
        String token = write("token", TOKEN).toString();

        Ran refused = Ran.render("jobs", "--orchestrator", "http://farm.invalid:4000", "--token-file", token);
        Ran allowed = Ran.render(
                "jobs", "--orchestrator", "http://farm.invalid:4000", "--token-file", token, "--insecure-http");

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .isEqualTo("render: --orchestrator is 'http://farm.invalid:4000': no token is sent to farm.invalid over"
                        + " plain http, where others could read it: use https, or allow it (--insecure-http) where the"
                        + " network is private\n");
        assertThat(allowed.code()).isEqualTo(3);
    }

    private static void assertRefused(Ran ran, String why) {
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.err().lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("render: no orchestrator answers at https://127.0.0.1:")
                        .contains(why));
    }

    private Ran render(TlsFiles tls, String command, String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(command));
        for (String arg : args) {
            all.add(arg.equals("home") ? folder.resolve(arg).toString() : arg);
        }
        all.addAll(List.of("--orchestrator", orchestrator.uri().toString()));
        all.addAll(List.of("--token-file", write("token", TOKEN).toString()));
        if (tls.certificate() != null && tls.key() != null) {
            all.addAll(List.of("--tls-cert", tls.certificate().toString()));
            all.addAll(List.of("--tls-key", tls.key().toString()));
        }
        if (tls.ca() != null) {
            all.addAll(List.of("--tls-ca", tls.ca().toString()));
        }
        return Ran.render(all.toArray(String[]::new));
    }

    private TlsFiles sign(String name, HeldCertificate signer) throws IOException {
        HeldCertificate held = new HeldCertificate.Builder()
                .commonName(name)
                .addSubjectAlternativeName("127.0.0.1")
                .signedBy(signer)
                .build();
        return TlsFiles.identity(
                write(name + "-cert.pem", held.certificatePem()), write(name + "-key.pem", held.privateKeyPkcs8Pem()));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
