package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.http.server.RateLimit;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The limits of an orchestrator")
class LimitsTest {
    private static final String WAITING = "{\"from\": 1, \"to\": 3, \"requires\": {\"gpu\": \"none-has-this\"}}";

    @TempDir
    Path folder;

    LimitsTest() {}

    private void farm(Consumer<OrchestratorServerBuilder> settings, Consumer<TestFarm> test) throws IOException {
        try (TestFarm farm = new TestFarm(folder, 0, settings)) {
            test.accept(farm);
        }
    }

    private static String type(HttpResponse<String> answer) {
        return TestFarm.json(answer).get("type").asText().replace("urn:renderfleet:problem:", "");
    }

    @Test
    @DisplayName("of an address go by what the proxy says that is trusted, and by nothing else")
    void behindProxy() throws IOException {
        RateLimit one = new RateLimit(1, Duration.ofHours(1));
        farm(server -> server.rateLimit(one).trustProxy(), farm -> {
            assertThat(submit(farm, "192.0.2.1")).isEqualTo(202);
            assertThat(submit(farm, "192.0.2.1")).isEqualTo(429);
            assertThat(submit(farm, "10.0.0.1, 192.0.2.1")).isEqualTo(429);
            assertThat(submit(farm, "192.0.2.2")).isEqualTo(202);
            assertThat(submit(farm, "2001:db8::1")).isEqualTo(202);
            assertThat(submit(farm, "2001:db8::2")).as("of the same network").isEqualTo(429);
        });
        farm(server -> server.rateLimit(one), farm -> {
            assertThat(submit(farm, "192.0.2.1")).isEqualTo(202);
            assertThat(submit(farm, "192.0.2.2")).isEqualTo(429);
        });
    }

    @Test
    @DisplayName("of calls without a valid token go by what a trusted proxy says too")
    void signInsBehindProxy() throws IOException {
        farm(
                server -> server.token("a-token-of-some-length")
                        .signInLimit(new RateLimit(1, Duration.ofHours(1)))
                        .trustProxy(),
                farm -> {
                    assertThat(submit(farm, "192.0.2.1")).isEqualTo(401);
                    assertThat(submit(farm, "192.0.2.1")).isEqualTo(429);
                    assertThat(submit(farm, "192.0.2.2")).isEqualTo(401);
                });
    }

    private static int submit(TestFarm farm, String forwardedFor) {
        return TestFarm.send(farm.request("/render")
                        .header("Content-Type", "application/json")
                        .header("X-Forwarded-For", forwardedFor)
                        .POST(HttpRequest.BodyPublishers.ofString(WAITING)))
                .statusCode();
    }

    @Test
    @DisplayName("of submissions answer 429 with what the client has left, and let a repeated key through")
    void rate() throws IOException {
        farm(server -> server.rateLimit(new RateLimit(2, Duration.ofHours(1))), farm -> {
            HttpRequest.Builder keyed = farm.request("/render")
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", "k-1")
                    .POST(HttpRequest.BodyPublishers.ofString(WAITING));
            HttpResponse<String> first = TestFarm.send(keyed);
            assertThat(first.statusCode()).isEqualTo(202);
            assertThat(first.headers().firstValue("RateLimit"))
                    .hasValueSatisfying(value -> assertThat(value).startsWith("\"client\";r=1;"));
            assertThat(first.headers().firstValue("RateLimit-Policy")).hasValue("\"client\";q=2;w=3600");
            assertThat(farm.post("/render", "nonsense").statusCode()).isEqualTo(400);

            HttpResponse<String> refused = farm.post("/render", WAITING);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(type(refused)).isEqualTo("rate-limited");
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("60");
            assertThat(refused.headers().firstValue("RateLimit")).isPresent();
            assertThat(TestFarm.send(keyed).body()).isEqualTo(first.body());
            assertThat(farm.get("/jobs").statusCode()).isEqualTo(200);
        });
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a body that is no JSON | k-1 | nonsense | 400",
                "a body with a wrong field | k-1 | {\"frames\": \"1\", \"colour\": 1} | 400",
                "a key that is none | k 1 | {\"frames\": \"1\"} | 400",
                "a key that was used for something else | known | {\"frames\": \"9\"} | 422",
                "a scene that is not here | k-1 | {\"frames\": \"1\", \"scene\": \"sha256:SCENE\"} | 422",
            })
    @DisplayName("of submissions count what is wrong, also where it bears an idempotency key")
    void wrongWithAKey(String what, String key, String body, int status) throws IOException {
        farm(server -> server.rateLimit(new RateLimit(3, Duration.ofHours(1))), farm -> {
            assertThat(keyed(farm, "known", WAITING).statusCode()).isEqualTo(202);
            String sent = body.replace("SCENE", "0".repeat(64));

            assertThat(keyed(farm, key, sent).statusCode()).as(what).isEqualTo(status);
            assertThat(keyed(farm, key, sent).statusCode()).isEqualTo(status);

            assertThat(keyed(farm, key, sent).statusCode()).isEqualTo(429);
            assertThat(keyed(farm, "known", WAITING).statusCode())
                    .as("a true repetition")
                    .isEqualTo(202);
        });
    }

    @Test
    @DisplayName(
            "of submissions count a body that is too large or of another type, also where it bears an idempotency key")
    void unreadableWithAKey() throws IOException {
        farm(server -> server.rateLimit(new RateLimit(2, Duration.ofHours(1))), farm -> {
            HttpRequest.Builder text = farm.request("/render")
                    .header("Content-Type", "text/plain")
                    .header("Idempotency-Key", "k-1")
                    .POST(HttpRequest.BodyPublishers.ofString(WAITING));
            assertThat(keyed(farm, "k-1", " ".repeat(70_000)).statusCode()).isEqualTo(413);
            assertThat(TestFarm.send(text).statusCode()).isEqualTo(415);

            assertThat(TestFarm.send(text).statusCode()).isEqualTo(429);
        });
    }

    private static HttpResponse<String> keyed(TestFarm farm, String key, String body) {
        return TestFarm.send(farm.request("/render")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    @DisplayName("of calls without a valid token answer 429, and leave alone who was let in before")
    void signIns() throws IOException {
        String token = "a-token-of-some-length";
        farm(server -> server.token(token).signInLimit(new RateLimit(3, Duration.ofHours(1))), farm -> {
            assertThat(bearing(farm, "GET", "/jobs", token)).isEqualTo(200);
            assertThat(farm.get("/jobs").statusCode()).isEqualTo(401);
            assertThat(bearing(farm, "GET", "/jobs", "another-token-of-some-length"))
                    .isEqualTo(401);
            assertThat(bearing(farm, "POST", "/session", "another-token-of-some-length"))
                    .isEqualTo(401);

            HttpResponse<String> refused = farm.get("/jobs");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(type(refused)).isEqualTo("rate-limited");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(bearing(farm, "POST", "/session", "another-token-of-some-length"))
                    .isEqualTo(429);
            assertThat(farm.get("/session").statusCode()).isEqualTo(429);
            assertThat(bearing(farm, "GET", "/jobs", token)).isEqualTo(200);
            assertThat(farm.get("/health/live").statusCode()).isEqualTo(200);
        });
    }

    @Test
    @DisplayName("of calls without a valid token stop guessing: then a right token that is new there is refused too")
    void guesses() throws IOException {
        String token = "a-token-of-some-length";
        farm(server -> server.token(token).signInLimit(new RateLimit(1, Duration.ofHours(1))), farm -> {
            assertThat(farm.get("/jobs").statusCode()).isEqualTo(401);

            assertThat(bearing(farm, "GET", "/jobs", token)).isEqualTo(429);
            assertThat(bearing(farm, "POST", "/session", token)).isEqualTo(429);
        });
    }

    private static int bearing(TestFarm farm, String method, String path, String token) {
        return TestFarm.send(farm.request(path)
                        .header("Authorization", "Bearer " + token)
                        .method(method, HttpRequest.BodyPublishers.noBody()))
                .statusCode();
    }

    @Test
    @DisplayName("of frames answer 422, naming the field and the limit")
    void frames() throws IOException {
        farm(server -> server.maxFrames(2), farm -> {
            HttpResponse<String> refused = farm.post("/render", WAITING);

            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(type(refused)).isEqualTo("too-many-frames");
            assertThat(TestFarm.json(refused).get("field").asText()).isEqualTo("frames");
            assertThat(TestFarm.json(refused).get("detail").asText())
                    .isEqualTo("3 frames are asked for: one job may have 2 here.");
        });
    }

    @Test
    @DisplayName("of jobs answer 503 until one has ended")
    void jobs() throws IOException {
        farm(server -> server.maxJobs(2), farm -> {
            String first = farm.submit(WAITING);
            farm.submit(WAITING);

            HttpResponse<String> refused = farm.post("/render", WAITING);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(type(refused)).isEqualTo("table-full");
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("60");

            TestFarm.send(farm.request("/jobs/" + first).DELETE());
            assertThat(farm.post("/render", WAITING).statusCode()).isEqualTo(202);
        });
    }

    @Test
    @DisplayName("hold for calls that a page of another site has a browser make")
    void foreignPages() throws IOException {
        farm(server -> {}, farm -> {
            HttpResponse<String> refused = TestFarm.send(farm.request("/render")
                    .header("Content-Type", "application/json")
                    .header("Origin", "http://evil.example")
                    .POST(HttpRequest.BodyPublishers.ofString(WAITING)));

            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(type(refused)).isEqualTo("cross-origin");
        });
    }
}
