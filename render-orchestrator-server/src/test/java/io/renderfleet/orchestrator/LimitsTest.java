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
