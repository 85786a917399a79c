package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("With --log-format json, the logs of orchestrator and node")
@Timeout(120)
class JsonLogsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    /** The lines of a program that bear the trace; each of its lines has to be an object. */
    private static List<JsonNode> traced(ServerProcess process, String service) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (String line : process.said()) {
            JsonNode entry = JSON.readTree(line);
            assertThat(entry.at("/service.name").asText()).isEqualTo(service);
            if (entry.path("trace.id").asText().equals(TRACE)) {
                found.add(entry);
            }
        }
        return found;
    }

    @Test
    @DisplayName("are joined by the trace with which a job was submitted")
    void joined(@TempDir Path folder) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        try (ServerProcess node = ServerProcess.node(
                        folder, "--output-root", folder.resolve("node").toString(), "--log-format=json");
                ServerProcess orchestrator = ServerProcess.start(
                        OrchestratorMain.class,
                        folder,
                        Map.of("RENDER_ORCHESTRATOR_LOG_FORMAT", "json", "RENDER_ORCHESTRATOR_LOG_LEVEL", "DEBUG"),
                        "--port=0",
                        "--renderer=test-pattern",
                        "--output-root",
                        folder.resolve("farm").toString(),
                        "--node",
                        node.uri().toString())) {
            URI farm = orchestrator.uri();
            HttpResponse<String> submitted = client.send(
                    HttpRequest.newBuilder(farm.resolve("/render"))
                            .header("Content-Type", "application/json")
                            .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"from\":1,\"to\":2}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            String job = JSON.readTree(submitted.body()).get("jobId").asText();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(client.send(
                                            HttpRequest.newBuilder(farm.resolve("/status/" + job))
                                                    .build(),
                                            HttpResponse.BodyHandlers.ofString())
                                    .statusCode())
                            .isEqualTo(200));

            Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                assertThat(traced(orchestrator, "render-orchestrator"))
                        .hasSizeGreaterThan(1)
                        .anySatisfy(entry ->
                                assertThat(entry.at("/message").asText()).contains("Job completed"))
                        .filteredOn(entry -> entry.has("job"))
                        .isNotEmpty()
                        .allSatisfy(
                                entry -> assertThat(entry.get("job").asText()).isEqualTo(job));
                assertThat(traced(orchestrator, "render-orchestrator"))
                        .filteredOn(entry -> entry.path("log.logger").asText().endsWith(".BatchLog"))
                        .allSatisfy(entry -> assertThat(entry.path("batch").asText() + " "
                                        + entry.path("attempt").asText())
                                .matches("1 \\S+/1/1"))
                        .extracting(entry -> entry.get("message").asText().replaceFirst(", (to|as) .*", ""))
                        .containsExactly(
                                "job " + job + ": batch 1 goes out with frames 1-2",
                                "job " + job + ": batch 1 is taken",
                                "job " + job + ": batch 1 is over, COMPLETED");
                assertThat(traced(node, "render-node"))
                        .isNotEmpty()
                        .allSatisfy(
                                entry -> assertThat(entry.get("job").asText()).isEqualTo(job));
            });
        }
    }
}
