package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("With --log-format json, the program")
@Timeout(60)
class JsonLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Test
    @DisplayName(
            "writes an object a line, with the names of the Elastic Common Schema, and those about a job bear its ids")
    void ecs(@TempDir Path folder) throws Exception {
        List<String> lines;
        try (NodeProcess node = NodeProcess.start(
                folder,
                Map.of(),
                "--port",
                "0",
                "--engine",
                "test-pattern",
                "--output-root",
                folder.resolve("out").toString(),
                "--log-format",
                "json")) {
            URI url = node.awaitListening();
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(url.resolve("/job"))
                                    .header("Content-Type", "application/json")
                                    .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    "{\"from\":1,\"to\":2,\"renderer\":\"test-pattern\",\"job\":\"shot-010\",\"batch\":\"7\"}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            node.terminate();
            lines = node.awaitEnd();
        }

        List<JsonNode> ofJob = new ArrayList<>();
        for (String line : lines) {
            JsonNode entry = JSON.readTree(line);
            assertThat(Instant.parse(entry.get("@timestamp").asText())).isAfter(Instant.EPOCH);
            assertThat(entry.get("log.level").asText()).isIn("INFO", "WARN");
            assertThat(entry.get("message").asText()).isNotEmpty();
            assertThat(entry.get("service.name").asText()).isEqualTo("render-node");
            assertThat(entry.has("ecs.version")).isTrue();
            if (entry.has("job")) {
                ofJob.add(entry);
            }
        }
        assertThat(ofJob).isNotEmpty().allSatisfy(entry -> {
            assertThat(entry.get("job").asText()).isEqualTo("shot-010");
            assertThat(entry.get("batch").asText()).isEqualTo("7");
            assertThat(entry.get("trace.id").asText()).isEqualTo(TRACE);
            assertThat(entry.get("span.id").asText()).isEqualTo("00f067aa0ba902b7");
        });
    }
}
