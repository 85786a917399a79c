package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Why a job waits, says the orchestrator:")
@Timeout(60)
class WaitingForTest {
    @TempDir
    Path folder;

    private static List<String> kinds(JsonNode job) {
        return job.at("/waitingFor/causes").findValuesAsText("kind");
    }

    /** Asks for a job until it waits for certain causes; nodes are known a moment after they were started. */
    private static JsonNode awaitKinds(TestFarm farm, String job, String... kinds) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> TestFarm.json(farm.get("/jobs/" + job)),
                        it -> kinds(it).equals(List.of(kinds)));
    }

    @Test
    @DisplayName("no node has the label, until the job is cancelled")
    void label() throws Exception {
        try (TestFarm farm = new TestFarm(folder, 2)) {
            String job = farm.submit("{\"from\":1,\"to\":20,\"requires\":{\"gpu\":\"yes\"}}");

            JsonNode waiting = awaitKinds(farm, job, "label-missing").get("waitingFor");
            assertThat(waiting.get("frames").asInt()).isEqualTo(20);
            JsonNode cause = waiting.at("/causes/0");
            assertThat(cause.get("nodes").asInt()).isEqualTo(2);
            assertThat(cause.get("until").isNull()).isTrue();
            assertThat(cause.get("message").asText())
                    .isEqualTo("2 nodes lack a label of those that the job requires, {gpu=yes}.");
            assertThat(cause.get("remedy").asText()).isEqualTo("Give a node the label, or submit the job without it.");
            assertThat(kinds(TestFarm.json(farm.get("/jobs")).at("/jobs/0"))).containsExactly("label-missing");

            farm.call("DELETE", "/jobs/" + job, "");
            assertThat(farm.await(job).get("waitingFor").isNull()).isTrue();
        }
    }

    @Test
    @DisplayName("it is paused, comes after another one, or has no node at all")
    void wholeJobs() throws Exception {
        try (TestFarm farm = new TestFarm(folder, 0)) {
            String first = farm.submit("{\"from\":1,\"to\":2}");
            String second = farm.submit("{\"from\":1,\"to\":2,\"after\":[\"" + first + "\"]}");

            assertThat(kinds(awaitKinds(farm, first, "no-nodes"))).hasSize(1);
            JsonNode waits = awaitKinds(farm, second, "dependency");
            assertThat(waits.at("/waitingFor/causes/0/message").asText()).contains(first);

            farm.post("/jobs/" + first + "/pause", "");
            awaitKinds(farm, first, "paused");
        }
    }

    @Test
    @DisplayName("nothing, where all is done")
    void nothing() throws Exception {
        try (TestFarm farm = new TestFarm(folder, 1)) {
            assertThat(farm.await(farm.submit("{\"from\":1,\"to\":2}"))
                            .get("waitingFor")
                            .isNull())
                    .isTrue();
        }
    }
}
