package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The history of a job over HTTP")
@Timeout(60)
class HistoryTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir
    static Path folder;

    private static TestFarm farm;
    private static String done;

    HistoryTest() {}

    @BeforeAll
    static void start() throws IOException {
        farm = new TestFarm(folder, 1);
        HttpResponse<String> answer = TestFarm.send(farm.request("/render")
                .header("Content-Type", "application/json")
                .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(
                        "{\"frames\": \"1-4\", \"batchSize\": 2, \"settings\": {\"width\": 32, \"height\": 18}}")));
        done = TestFarm.json(answer).get("jobId").asText();
        farm.await(done);
    }

    @AfterAll
    static void stop() {
        farm.close();
    }

    private static JsonNode get(String path, String... headers) {
        HttpResponse<String> answer = headers.length == 0
                ? farm.get(path)
                : TestFarm.send(farm.request(path).headers(headers));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestFarm.json(answer);
    }

    @Test
    @DisplayName("has each attempt with its node, its times in their order, and where its log is")
    void attempts() {
        JsonNode history = get("/jobs/" + done + "/history");

        assertThat(history.get("job").asText()).isEqualTo(done);
        assertThat(history.get("trace").asText()).isEqualTo(TRACE);
        assertThat(history.at("/earlier/attempts").asInt()).isZero();
        assertThat(history.get("attempts")).hasSize(2);
        JsonNode second = history.at("/attempts/1");
        assertThat(second.get("job").asText()).isEqualTo(done);
        assertThat(second.get("attempt").asText()).matches("[^/]+/1/2");
        assertThat(second.get("batch").asText()).isEqualTo("2");
        assertThat(second.get("tryNumber").asInt()).isEqualTo(1);
        assertThat(second.get("frames").asText()).isEqualTo("3-4");
        assertThat(second.get("delivered").asText()).isEqualTo("3-4");
        assertThat(second.get("state").asText()).isEqualTo("completed");
        assertThat(second.get("renderer").asText()).isEqualTo("test-pattern");
        assertThat(second.get("node").asText())
                .isEqualTo(get("/nodes").at("/nodes/0/id").asText());
        assertThat(second.get("span").asText()).matches("[0-9a-f]{16}");
        List<Instant> times = List.of("queuedAt", "dispatchedAt", "acceptedAt", "endedAt").stream()
                .map(name -> Instant.parse(second.get(name).asText()))
                .toList();
        assertThat(times).isSorted();
        assertThat(second.get("renderSeconds").asDouble()).isPositive();
        assertThat(farm.get(second.get("log").asText()).body()).contains("frames 3-4");
    }

    @Test
    @DisplayName("is cut to the attempts that had a frame")
    void ofAFrame() {
        JsonNode history = get("/jobs/" + done + "/history?frame=1");

        assertThat(history.get("attempts")).hasSize(1);
        assertThat(history.at("/attempts/0/frames").asText()).isEqualTo("1-2");
    }

    @Test
    @DisplayName("comes as one attempt a line for clients that prefer that")
    void export() throws IOException {
        HttpResponse<String> answer =
                TestFarm.send(farm.request("/jobs/" + done + "/history").header("Accept", "application/x-ndjson"));

        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(answer.headers().firstValue("Vary")).hasValue("Accept");
        assertThat(answer.body()).endsWith("}\n");
        List<String> lines = answer.body().lines().toList();
        assertThat(lines).hasSize(2);
        JsonNode attempts = get("/jobs/" + done + "/history").get("attempts");
        for (int i = 0; i < lines.size(); i++) {
            assertThat(new ObjectMapper().readTree(lines.get(i))).isEqualTo(attempts.get(i));
        }
    }

    @Test
    @DisplayName("is empty, and still JSON, while nothing was tried")
    void nothingYet() {
        String waiting = farm.submit("{\"frames\": \"7\", \"requires\": {\"gpu\": \"none-has-this\"}}");

        assertThat(get("/jobs/" + waiting + "/history").get("attempts")).isEmpty();
        assertThat(TestFarm.send(farm.request("/jobs/" + waiting + "/history").header("Accept", "application/x-ndjson"))
                        .body())
                .isEmpty();
        JsonNode frame = get("/jobs/" + waiting + "/frames/7", "Accept", "application/json");
        assertThat(frame.get("state").asText()).isEqualTo("waiting");
        assertThat(frame.get("attempts")).isEmpty();
        assertThat(frame.at("/waitingFor/causes/0/kind").asText()).isEqualTo("label-missing");
        assertThat(frame.get("failure").isNull()).isTrue();
    }

    @Test
    @DisplayName("tells of a frame how it stands, by which attempt it came, and what was published of it")
    void frame() {
        JsonNode frame = get("/jobs/" + done + "/frames/3", "Accept", "application/json");

        assertThat(frame.get("frame").asInt()).isEqualTo(3);
        assertThat(frame.get("state").asText()).isEqualTo("accepted");
        assertThat(frame.get("attempts")).hasSize(1);
        assertThat(frame.get("attempt")).isEqualTo(frame.at("/attempts/0/attempt"));
        assertThat(frame.get("trace").asText()).isEqualTo(TRACE);
        assertThat(frame.get("waitingFor").isNull()).isTrue();
        assertThat(frame.get("files"))
                .isEqualTo(get("/jobs/" + done + "/frames").at("/frames/2/files"));
    }

    @Test
    @DisplayName("leaves the picture to all who do not prefer JSON to it")
    void picture() {
        String path = "/jobs/" + done + "/frames/3";
        for (String accept :
                List.of("*/*", "image/png", "application/json, */*", "image/avif,image/webp,*/*;q=0.8", "text/html")) {
            assertThat(TestFarm.send(farm.request(path).header("Accept", accept))
                            .headers()
                            .firstValue("Content-Type"))
                    .as(accept)
                    .hasValue("image/png");
        }
        assertThat(TestFarm.send(farm.request(path).header("Accept", "application/json, image/*;q=0.5"))
                        .headers()
                        .firstValue("Content-Type"))
                .hasValue("application/json");
    }
}
