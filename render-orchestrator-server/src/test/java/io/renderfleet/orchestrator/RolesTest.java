package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.auth.Role;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Who has a token")
class RolesTest {
    private static final Map<String, String> TOKENS = Map.of(
            "viewer", "a-viewer-of-some-length",
            "alice", "the-token-of-alice-0001",
            "bob", "the-token-of-bob-000001",
            "node", "the-token-of-the-node-1",
            "admin", "the-token-of-the-admin-1");

    @TempDir
    static Path folder;

    private static TestFarm farm;

    @BeforeAll
    static void start() throws Exception {
        farm = new TestFarm(
                folder,
                0,
                builder -> builder.token(token("viewer"), Role.VIEWER, "wall")
                        .token(token("alice"), Role.SUBMITTER, "alice")
                        .token(token("bob"), Role.SUBMITTER, "bob")
                        .token(token("node"), Role.NODE, "n-1")
                        .token(token("admin")));
    }

    @AfterAll
    static void stop() {
        farm.close();
    }

    private static String token(String who) {
        return TOKENS.getOrDefault(who, "nobody-has-this-token");
    }

    private static HttpResponse<String> call(String who, String method, String path, String body) {
        return TestFarm.send(farm.request(path)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token(who))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private static String submit(String who) {
        HttpResponse<String> answer = call(who, "POST", "/render", "{\"frames\": \"1-3\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return TestFarm.json(answer).get("jobId").asText();
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource({
        "nobody, GET, /jobs, 401",
        "viewer, GET, /jobs, 200",
        "viewer, GET, /nodes, 200",
        "viewer, POST, /render, 403",
        "viewer, PUT, /nodes/n-1, 403",
        "alice, GET, /jobs, 200",
        "alice, POST, /render, 400",
        "alice, PUT, /nodes/n-1, 403",
        "alice, POST, /nodes/n-1/drain, 403",
        "node, GET, /jobs, 403",
        "node, GET, /nodes, 403",
        "node, POST, /render, 403",
        "node, PUT, /nodes/n-1, 400",
        "node, PUT, /nodes/n-2, 403",
        "node, DELETE, /nodes/n-2, 403",
        "node, DELETE, /nodes/n-1, 404",
        "node, POST, /nodes/n-1/drain, 403",
        "admin, GET, /jobs, 200",
        "admin, POST, /render, 400",
        "admin, PUT, /nodes/n-2, 400",
        "admin, POST, /nodes/n-2/drain, 404",
    })
    @DisplayName("may do what the role allows, and nothing else")
    void matrix(String who, String method, String path, int status) {
        String body = method.equals("GET") || method.equals("DELETE") || path.endsWith("drain") ? "" : "{";

        HttpResponse<String> answer = call(who, method, path, body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (status == 403) {
            assertThat(TestFarm.json(answer).get("type").asText()).endsWith(":forbidden");
        }
    }

    @Test
    @DisplayName("as a submitter changes the own jobs, and nobody else's")
    void ownJobsOnly() {
        String alices = submit("alice");
        String admins = submit("admin");

        for (String path : new String[] {"/pause", "/resume"}) {
            assertThat(call("alice", "POST", "/jobs/" + alices + path, "").statusCode())
                    .isEqualTo(200);
            assertThat(call("bob", "POST", "/jobs/" + alices + path, "").statusCode())
                    .isEqualTo(403);
            assertThat(call("alice", "POST", "/jobs/" + admins + path, "").statusCode())
                    .isEqualTo(403);
            assertThat(call("admin", "POST", "/jobs/" + alices + path, "").statusCode())
                    .isEqualTo(200);
        }
        assertThat(call("bob", "PATCH", "/jobs/" + alices, "{\"priority\": 5}").statusCode())
                .isEqualTo(403);
        assertThat(call("bob", "POST", "/jobs/" + alices + "/retry", "").statusCode())
                .isEqualTo(403);
        assertThat(call("bob", "DELETE", "/jobs/" + alices, "").statusCode()).isEqualTo(403);
        assertThat(call("bob", "GET", "/jobs/" + alices, "").statusCode()).isEqualTo(200);
        assertThat(call("alice", "DELETE", "/jobs/" + alices, "").statusCode()).isIn(200, 202);
        assertThat(call("admin", "DELETE", "/jobs/" + admins, "").statusCode()).isIn(200, 202);
    }

    @Test
    @DisplayName("is named as the owner of the jobs that it submits, by which they can be listed")
    void owners() {
        String alices = submit("alice");
        String bobs = submit("bob");
        String admins = submit("admin");

        assertThat(owner(alices)).isEqualTo("alice");
        assertThat(owner(bobs)).isEqualTo("bob");
        assertThat(owner(admins)).as("that token has no name").isEqualTo("null");
        String listed = call("viewer", "GET", "/jobs?owner=alice", "").body();
        assertThat(listed).contains(alices).doesNotContain(bobs).doesNotContain(admins);
        assertThat(call("viewer", "GET", "/jobs?owner=ali", "").body()).doesNotContain(alices);
    }

    private static String owner(String job) {
        return TestFarm.json(call("viewer", "GET", "/jobs/" + job, ""))
                .get("owner")
                .asText();
    }

    @Test
    @DisplayName("does not get somebody else's job by using the same idempotency key")
    void keysAreTheSubmitters() {
        HttpResponse<String> first = keyed("alice");
        HttpResponse<String> again = keyed("alice");
        HttpResponse<String> other = keyed("bob");

        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(other.statusCode()).isEqualTo(422);
    }

    private static HttpResponse<String> keyed(String who) {
        return TestFarm.send(farm.request("/render")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token(who))
                .header("Idempotency-Key", "the-same-for-all")
                .POST(BodyPublishers.ofString("{\"frames\": \"1\"}")));
    }
}
