package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.auth.FileTokens;
import io.renderfleet.auth.Role;
import io.renderfleet.auth.TokenIssuer;
import io.renderfleet.auth.TokenListFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A job of somebody else's")
@Timeout(60)
class OwnersTest {
    private static final String WAITING = "{\"frames\": \"1-3\"}";

    @TempDir
    Path folder;

    private final Map<String, TokenIssuer.Issued> tokens = new HashMap<>();

    OwnersTest() {}

    private TokenListFile file() {
        return new TokenListFile(folder.resolve("tokens"));
    }

    private TestFarm farm(ReadOthers others) throws IOException {
        return farm(others, server -> {});
    }

    private TestFarm farm(ReadOthers others, Consumer<OrchestratorServerBuilder> settings) throws IOException {
        TokenIssuer issuer = new TokenIssuer(new SecureRandom(), InstantSource.system());
        for (String owner : new String[] {"alice", "bob"}) {
            tokens.put(owner, issuer.issue(owner, Role.SUBMITTER, Duration.ofDays(1)));
        }
        tokens.put("otto", issuer.issue("otto", Role.OPERATOR, null));
        tokens.put("vera", issuer.issue("vera", Role.VIEWER, null));
        for (TokenIssuer.Issued issued : tokens.values()) {
            file().update(list -> list.with(issued.entry()));
        }
        FileTokens verifier = new FileTokens(file(), InstantSource.system());
        return new TestFarm(folder, 0, server -> {
            server.tokens(verifier).readOthers(others);
            settings.accept(server);
        });
    }

    private TokenIssuer.Issued issued(String who) {
        return Objects.requireNonNull(tokens.get(who), who);
    }

    private String header(String who) {
        return "Bearer " + issued(who).token();
    }

    private HttpResponse<String> call(TestFarm farm, String who, String method, String path, String body) {
        return TestFarm.send(farm.request(path)
                .header("Content-Type", "application/json")
                .header("Authorization", header(who))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private String submit(TestFarm farm, String who) {
        return TestFarm.json(call(farm, who, "POST", "/render", WAITING))
                .get("jobId")
                .asText();
    }

    @Test
    @DisplayName("is in no list, under no id and behind no dependency where it is secret")
    void secret() throws IOException {
        try (TestFarm farm = farm(ReadOthers.NOTHING)) {
            String alices = submit(farm, "alice");
            String bobs = submit(farm, "bob");

            assertThat(call(farm, "bob", "GET", "/jobs", "").body())
                    .contains(bobs)
                    .doesNotContain(alices);
            assertThat(call(farm, "bob", "GET", "/jobs?owner=alice", "").body()).doesNotContain(alices, bobs);
            assertThat(call(farm, "vera", "GET", "/jobs", "").body()).contains(alices, bobs);
            String behind = WAITING.replace("}", ", \"after\": [\"" + alices + "\"]}");
            String behindNone = behind.replace(alices, "no-such-job");
            HttpResponse<String> secret = call(farm, "bob", "POST", "/render", behind);
            HttpResponse<String> missing = call(farm, "bob", "POST", "/render", behindNone);
            assertThat(secret.statusCode()).isEqualTo(422);
            assertThat(secret.body()).isEqualTo(missing.body().replace("no-such-job", alices));
            assertThat(call(farm, "bob", "GET", "/jobs/" + alices, "").body())
                    .isEqualTo(call(farm, "bob", "GET", "/jobs/no-such-job", "").body());
            assertThat(call(farm, "alice", "POST", "/render", behind).statusCode())
                    .isEqualTo(202);
        }
    }

    @Test
    @DisplayName("is not passed by a priority above what submitters may give, whether it comes with the job or later")
    void maxPriority() throws IOException {
        try (TestFarm farm = farm(ReadOthers.NOTHING, server -> server.maxPriority(5))) {
            HttpResponse<String> urgent =
                    call(farm, "alice", "POST", "/render", WAITING.replace("}", ", \"priority\": 6}"));
            String usual = submit(farm, "alice");

            assertThat(urgent.statusCode()).isEqualTo(403);
            assertThat(urgent.body()).contains("priority is 6", "up to 5");
            assertThat(call(farm, "alice", "PATCH", "/jobs/" + usual, "{\"priority\": 1000}")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(call(farm, "alice", "PATCH", "/jobs/" + usual, "{\"priority\": 5}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(call(farm, "otto", "PATCH", "/jobs/" + usual, "{\"priority\": 1000}")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    @DisplayName("is in no stream of events where it is secret, and in all streams where it is not")
    void events() throws IOException {
        try (TestFarm farm = farm(ReadOthers.NOTHING)) {
            try (BufferedReader bobs = stream(farm, "bob");
                    BufferedReader veras = stream(farm, "vera")) {
                String first = submit(farm, "alice");
                String second = submit(farm, "bob");

                assertThat(until(bobs, second)).doesNotContain(first);
                assertThat(until(veras, second)).contains(first);
            }
        }
    }

    private BufferedReader stream(TestFarm farm, String who) throws IOException {
        HttpResponse<InputStream> answer = TestFarm.send(
                farm.request("/events").header("Authorization", header(who)),
                HttpResponse.BodyHandlers.ofInputStream());
        BufferedReader reader = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        assertThat(reader.readLine()).startsWith("retry:");
        return reader;
    }

    private static String until(BufferedReader reader, String job) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.indexOf(job) < 0) {
            all.append(reader.readLine()).append('\n');
        }
        return all.toString();
    }

    @Test
    @DisplayName("is out of reach, also by a browser's session, soon after the token was revoked")
    void revoked() throws IOException {
        try (TestFarm farm = farm(ReadOthers.STATUS)) {
            HttpResponse<String> begun = call(farm, "alice", "POST", "/session", "");
            String cookie =
                    begun.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
            assertThat(withCookie(farm, cookie)).isEqualTo(200);

            file().update(list -> list.without(issued("alice").entry().id()));

            Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                assertThat(call(farm, "alice", "GET", "/jobs", "").statusCode()).isEqualTo(401);
                assertThat(withCookie(farm, cookie)).isEqualTo(401);
            });
            assertThat(call(farm, "bob", "GET", "/jobs", "").statusCode()).isEqualTo(200);
        }
    }

    private static int withCookie(TestFarm farm, String cookie) {
        return TestFarm.send(farm.request("/jobs").header("Cookie", cookie)).statusCode();
    }
}
