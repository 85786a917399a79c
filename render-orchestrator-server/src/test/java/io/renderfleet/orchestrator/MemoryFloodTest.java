package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
@DisplayName("A flood of jobs that take as much memory as jobs can")
@Timeout(240)
class MemoryFloodTest {
    private static final int JOBS = 3_000;
    private static final int HEAP = 512;

    /** With gaps of two and three frames, so that no two of them make a run that could be written shorter. */
    private static final String SCATTERED =
            IntStream.range(0, 9_000).mapToObj(i -> Integer.toString(i * 5 / 2)).collect(Collectors.joining(","));

    @TempDir
    Path folder;

    private ServerProcess start() throws Exception {
        return ServerProcess.start(
                HEAP,
                OrchestratorMain.class,
                folder,
                Map.of(),
                "--port=0",
                "--output-root=frames",
                "--rate-limit=1000/s");
    }

    /** A name of 120 characters and frames that no node takes. */
    private static HttpResponse<String> submit(URI server, int number) {
        String body = "{\"frames\": \"" + SCATTERED + "\", \"name\": \"" + "n".repeat(120) + "\", \"batchSize\": 1,"
                + " \"requires\": {\"never\": \"x" + number + "\"}}";
        return TestFarm.send(ProcessFarm.request(server, "/render")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "k-" + number + "-" + "k".repeat(200))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static List<String> ids(URI server) {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = TestFarm.json(TestFarm.send(ProcessFarm.request(server, "/jobs?limit=20" + cursor)));
            page.get("jobs").forEach(job -> ids.add(job.get("id").asText()));
            cursor = page.get("next").isNull()
                    ? ""
                    : "&cursor=" + page.get("next").asText();
        } while (!cursor.isEmpty());
        return ids;
    }

    @Test
    @DisplayName(
            "is refused with the limit's name before the heap is full, and all that was taken fits again after a kill")
    void fits() throws Exception {
        List<String> taken = new ArrayList<>();
        try (ServerProcess first = start()) {
            URI server = first.uri();
            HttpResponse<String> answer = submit(server, 0);
            for (int i = 1; answer.statusCode() == 202 && i < JOBS; i++) {
                taken.add(TestFarm.json(answer).get("jobId").asText());
                answer = submit(server, i);
            }

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(TestFarm.json(answer).get("type").asText()).isEqualTo("urn:renderfleet:problem:table-full");
            assertThat(TestFarm.json(answer).get("detail").asText()).contains("MiB, and this one may need");
            assertThat(taken).hasSizeGreaterThan(20);
            for (int i = 0; i < 100; i++) {
                assertThat(submit(server, JOBS + i).statusCode()).isEqualTo(503);
            }
            assertThat(ids(server)).containsExactlyInAnyOrderElementsOf(taken);
            first.killAndWait();
        }
        try (ServerProcess second = start()) {
            URI server = second.uri();

            assertThat(ids(server)).containsExactlyInAnyOrderElementsOf(taken);
            assertThat(ProcessFarm.job(server, taken.get(0)).get("frames").asText())
                    .isEqualTo(SCATTERED);
            assertThat(submit(server, 2 * JOBS).statusCode()).isEqualTo(503);
            assertThat(TestFarm.send(ProcessFarm.request(server, "/health/ready"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(second.said()).noneMatch(line -> line.contains("OutOfMemoryError"));
        }
    }
}
