package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A submission with an Idempotency-Key")
class RepeatedSubmissionTest {
    private static final String BODY = "{\"from\": 1, \"to\": 3, \"settings\": {\"width\": 32, \"height\": 18}}";

    private TestFarm farm;

    RepeatedSubmissionTest() {}

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        farm = new TestFarm(folder, 1);
    }

    @AfterEach
    void stop() {
        farm.close();
    }

    private HttpResponse<String> submit(String key, String body) {
        return TestFarm.send(farm.request("/render")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    @DisplayName(
            "is the same job when it comes again, also when that job has ended and the body is written differently")
    void isTheSameJob() {
        HttpResponse<String> first = submit("k-1", BODY);
        String job = TestFarm.json(first).get("jobId").asText();
        farm.await(job);

        HttpResponse<String> second =
                submit("k-1", "{\"settings\":{\"height\":18,\"width\":32},\"frames\":\"1,2-3\",\"priority\":0}");

        assertThat(second.statusCode()).isEqualTo(202);
        assertThat(TestFarm.json(second).get("jobId").asText()).isEqualTo(job);
        assertThat(second.headers().firstValue("Location")).hasValue("/status/" + job);
        assertThat(TestFarm.json(farm.get("/jobs")).get("jobs")).hasSize(1);
    }

    @Test
    @DisplayName("is one job when it comes many times at once")
    void isOneJobAtOnce() {
        List<CompletableFuture<String>> calls = IntStream.range(0, 12)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> TestFarm.json(submit("k-2", BODY)).get("jobId").asText()))
                .toList();
        Set<String> jobs = new HashSet<>();
        calls.forEach(call -> jobs.add(call.join()));

        assertThat(jobs).hasSize(1);
        assertThat(TestFarm.json(farm.get("/jobs")).get("jobs")).hasSize(1);
    }

    @Test
    @DisplayName("is refused when its key was used for something else, and only then")
    void isRefused() {
        submit("k-3", BODY);

        HttpResponse<String> other = submit("k-3", BODY.replace("3,", "4,"));

        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(TestFarm.json(other).get("type").asText()).isEqualTo("urn:renderfleet:problem:key-reused");
        assertThat(submit("k-4", BODY.replace("3,", "4,")).statusCode()).isEqualTo(202);
    }

    @Test
    @DisplayName("may be tried again after it was refused, since only what was taken in is remembered")
    void refusalsAreForgotten() {
        String after = "{\"from\": 1, \"to\": 3, \"after\": [\"nobody\"]}";
        assertThat(submit("k-5", after).statusCode()).isEqualTo(422);
        assertThat(submit("k-5", after).statusCode()).isEqualTo(422);

        assertThat(submit("k-5", BODY).statusCode()).isEqualTo(202);
    }

    @Test
    @DisplayName("needs a key of visible characters")
    void needsAKey() {
        assertThat(submit("a b", BODY).statusCode()).isEqualTo(400);
        assertThat(submit("x".repeat(256), BODY).statusCode()).isEqualTo(400);
    }
}
