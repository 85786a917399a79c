package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.auth.FileTokens;
import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenIssuer;
import io.renderfleet.auth.TokenListFile;
import io.renderfleet.http.server.audit.AuditFile;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The audit log")
class AuditTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));

    @TempDir
    Path folder;

    private TokenIssuer.Issued alice;
    private TokenIssuer.Issued node;
    private AuditFile audit;
    private TestFarm farm;

    AuditTest() {}

    @BeforeEach
    void start() throws IOException {
        TokenListFile file = new TokenListFile(folder.resolve("tokens"));
        TokenIssuer issuer = new TokenIssuer(new SecureRandom(), InstantSource.system());
        alice = issuer.issue("alice", Role.SUBMITTER, null);
        node = issuer.issue("n-1", Role.NODE, null);
        file.update(list -> list.with(alice.entry()).with(node.entry()));
        FileTokens tokens = new FileTokens(file, InstantSource.system());
        audit = new AuditFile(folder.resolve("audit.log"), 1 << 20, 2, CLOCK);
        farm = new TestFarm(folder, 0, server -> server.tokens(tokens).audit(audit));
    }

    @AfterEach
    void stop() throws IOException {
        farm.close();
        audit.close();
    }

    private HttpResponse<String> call(String token, String method, String path, String body) {
        return TestFarm.send(farm.request(path)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private List<JsonNode> lines() throws IOException {
        return Files.readAllLines(folder.resolve("audit.log")).stream()
                .map(AuditTest::read)
                .toList();
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(line, e);
        }
    }

    @Test
    @DisplayName("has who has changed what, from where, when, and with which result; reading is not in it")
    void changes() throws IOException {
        String job = TestFarm.json(call(alice.token(), "POST", "/render", "{\"frames\": \"1-3\"}"))
                .get("jobId")
                .asText();
        assertThat(call(alice.token(), "GET", "/jobs", "").statusCode()).isEqualTo(200);
        call(alice.token(), "DELETE", "/jobs/" + job, "");

        assertThat(lines()).hasSize(2);
        JsonNode submitted = lines().get(0);
        assertThat(submitted.get("at").asText()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(submitted.get("owner").asText()).isEqualTo("alice");
        assertThat(submitted.get("token").asText()).isEqualTo(alice.entry().id());
        assertThat(submitted.get("method").asText()).isEqualTo("POST");
        assertThat(submitted.get("path").asText()).isEqualTo("/render");
        assertThat(submitted.at("/about/job").asText()).isEqualTo(job);
        assertThat(submitted.get("from").asText()).isEqualTo("127.0.0.1");
        assertThat(submitted.get("status").asInt()).isEqualTo(202);
        JsonNode cancelled = lines().get(1);
        assertThat(cancelled.get("path").asText()).isEqualTo("/jobs/{id}");
        assertThat(cancelled.at("/about/id").asText()).isEqualTo(job);
    }

    @Test
    @DisplayName("has the address that a trusted proxy names, and no other that a client names")
    void behindProxy() throws IOException {
        HttpRequest.Builder submission = farm.request("/render")
                .header("Authorization", "Bearer " + alice.token())
                .header("Content-Type", "application/json")
                .header("X-Forwarded-For", "10.0.0.1, 192.0.2.7")
                .POST(BodyPublishers.ofString("{\"frames\": \"1-3\"}"));
        TestFarm.send(submission);
        assertThat(lines().get(0).get("from").asText()).isEqualTo("127.0.0.1");

        try (TestFarm behind = new TestFarm(
                folder.resolve("behind"),
                0,
                server -> server.token("a-token-of-some-length").audit(audit).trustProxy())) {
            TestFarm.send(submission.uri(behind.uri("/render")));
        }

        assertThat(lines().get(1).get("from").asText()).isEqualTo("192.0.2.7");
    }

    @Test
    @DisplayName("has every call that was refused, reading too, and no token")
    void refusals() throws IOException {
        call("rf_" + "A".repeat(43), "GET", "/jobs", "");
        call(node.token(), "GET", "/jobs/some-job", "");
        call(alice.token(), "POST", "/nodes/n-1/drain", "");

        assertThat(lines()).extracting(line -> line.get("status").asInt()).containsExactly(401, 403, 403);
        assertThat(lines()).extracting(line -> line.get("owner").asText()).containsExactly("null", "n-1", "alice");
        assertThat(Files.readString(folder.resolve("audit.log")))
                .doesNotContain("AAAA", alice.token(), node.token(), "Bearer");
    }

    @Test
    @DisplayName("has a node that registers, and not each time that it renews its lease")
    void leases() throws IOException {
        String offer = "{\"id\": \"n-1\", \"url\": \"http://127.0.0.1:9\", \"slots\": 1}";
        assertThat(call(node.token(), "PUT", "/nodes/n-1", offer).statusCode()).isEqualTo(201);
        assertThat(call(node.token(), "PUT", "/nodes/n-1", offer).statusCode()).isEqualTo(200);
        assertThat(call(node.token(), "DELETE", "/nodes/n-1", "").statusCode()).isEqualTo(204);

        assertThat(lines())
                .extracting(line ->
                        line.get("method").asText() + " " + line.at("/about/id").asText())
                .containsExactly("PUT n-1", "DELETE n-1");
    }
}
