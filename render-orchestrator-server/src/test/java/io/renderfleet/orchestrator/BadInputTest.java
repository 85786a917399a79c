package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A request for frames that is wrong")
class BadInputTest {
    @TempDir
    static Path folder;

    private static TestFarm farm;

    BadInputTest() {}

    @BeforeAll
    static void start() throws IOException {
        farm = new TestFarm(folder, 1);
    }

    @AfterAll
    static void stop() throws IOException {
        farm.close();
        try (Stream<Path> published = Files.exists(farm.outputs) ? Files.list(farm.outputs) : Stream.empty()) {
            assertThat(published.filter(path -> !path.endsWith(".scenes")))
                    .as("nothing was taken in")
                    .isEmpty();
        }
    }

    private static void isProblem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = TestFarm.json(answer);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("type").asText()).startsWith("urn:renderfleet:problem:");
        assertThat(problem.get("detail").asText()).doesNotContain("Exception").doesNotContain(folder.toString());
    }

    @ParameterizedTest(name = "{0} = {1}")
    @DisplayName("is 400, and the problem names the field")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "from|\"1\"",
                "from|1.5",
                "from|true",
                "from|[1]",
                "from|99999999999",
                "from|-1048575",
                "to|\"20\"",
                "to|{}",
                "to|1048575",
                "frames|7",
                "frames|\"\"",
                "frames|\"1-\"",
                "frames|\"1-5; rm -rf /\"",
                "frames|\"$(id)\"",
                "frames|\"1-1000001\"",
                "frames|\"-500000-500000\"",
                "frames|[1,2]",
                "scene|5",
                "scene|\"/etc/passwd\"",
                "scene|\"../shot.blend\"",
                "scene|\"a/../../shot.blend\"",
                "scene|\"C:\\\\shot.blend\"",
                "scene|\"shot;id.blend\"",
                "scene|\"sha256:1234\"",
                "entry|\"a.blend\"",
                "entry|7",
                "output|\"/tmp/x_####\"",
                "output|\"../x_####\"",
                "output|\"a/../../x\"",
                "output|\"`id`_####\"",
                "output|\"x\\u0000\"",
                "output|7",
                "output|\"\"",
                "settings|\"fast\"",
                "settings.samples|\"64\"",
                "settings.samples|0",
                "settings.width|-1",
                "settings.width|99999999",
                "settings.height|1.5",
                "settings.percentage|0",
                "settings.format|7",
                "settings.engine|7",
                "settings.threads|-1",
                "settings.denoise|\"yes\"",
                "settings.colour|\"red\"",
                "timeoutSeconds|0",
                "timeoutSeconds|-5",
                "timeoutSeconds|\"1h\"",
                "timeoutSeconds|99999999999",
                "job|\"a/b\"",
                "job|\"..\"",
                "job|7",
                "batch|\"a b\"",
                "batch|{}",
                "name|7",
                "name|\"\"",
                "name|\"a\\nb\"",
                "priority|1001",
                "priority|-1001",
                "priority|\"high\"",
                "priority|0.5",
                "batchSize|0",
                "batchSize|10001",
                "batchSize|\"5\"",
                "requires|[]",
                "requires|{\"gpu\": 7}",
                "requires|{\"\": \"x\"}",
                "after|\"job\"",
                "after|[7]",
                "after|[\"a/b\"]",
                "shell|\"id\"",
            })
    void namesTheField(String field, String value) {
        String frames = field.equals("from")
                ? "\"to\": 20, "
                : field.equals("to") ? "\"from\": 1, " : field.equals("frames") ? "" : "\"from\": 1, \"to\": 20, ";
        String wrong = field.startsWith("settings.")
                ? "\"settings\": {\"" + field.substring("settings.".length()) + "\": " + value + "}"
                : "\"" + field + "\": " + value;

        HttpResponse<String> answer = farm.post("/render", "{" + frames + wrong + "}");

        isProblem(answer, 400);
        assertThat(TestFarm.json(answer).get("field").asText()).startsWith(field.equals("entry") ? "" : field);
        assertThat(TestFarm.json(answer).get("detail").asText()).isNotBlank();
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("is 400 where frames are missing or contradict one another")
    @ValueSource(
            strings = {
                "{}",
                "{\"from\": 1}",
                "{\"to\": 1}",
                "{\"from\": null, \"to\": null}",
                "{\"from\": 5, \"to\": 1}",
                "{\"from\": 1, \"to\": 1000001}",
                "{\"from\": 1, \"to\": 2, \"frames\": \"1-2\"}",
            })
    void wrongFrames(String body) {
        isProblem(farm.post("/render", body), 400);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("is 400 where it is no JSON object")
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"from\": 1, \"to\": 2",
                "[]",
                "7",
                "null",
                "\"x\"",
                "{\"from\": 1, \"to\": 2} {}",
                "{\"from\": 1, \"from\": 1, \"to\": 2}",
                "{from: 1, to: 2}",
                "from=1&to=2",
                "{\"from\": 01, \"to\": 2}",
                "{\"from\": NaN, \"to\": 2}",
            })
    void noObject(String body) {
        isProblem(farm.post("/render", body), 400);
    }

    @Test
    @DisplayName("is 400 where it is nested too deep")
    void tooDeep() {
        isProblem(farm.post("/render", "{\"settings\": ".repeat(2_000) + "}".repeat(2_000)), 400);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("is 415 where it is not called JSON")
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "x"})
    void wrongType(String type) {
        isProblem(
                TestFarm.send(farm.request("/render")
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"from\": 1, \"to\": 2}"))),
                415);
    }

    @Test
    @DisplayName("is 415 without a content type")
    void noType() {
        isProblem(
                TestFarm.send(
                        farm.request("/render").POST(HttpRequest.BodyPublishers.ofString("{\"from\": 1, \"to\": 2}"))),
                415);
    }

    @Test
    @DisplayName("is 413 with ten mebibytes, announced or not")
    void tooLarge() {
        byte[] much = new byte[10 << 20];
        HttpRequest.BodyPublisher announced = HttpRequest.BodyPublishers.ofByteArray(much);
        HttpRequest.BodyPublisher chunked = HttpRequest.BodyPublishers.fromPublisher(announced);

        for (HttpRequest.BodyPublisher body : new HttpRequest.BodyPublisher[] {announced, chunked}) {
            isProblem(
                    TestFarm.send(farm.request("/render")
                            .header("Content-Type", "application/json")
                            .POST(body)),
                    413);
        }
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("is 422 where it is understood and cannot be done here")
    @ValueSource(
            strings = {
                "{\"from\": 1, \"to\": 2, \"after\": [\"no-such-job\"]}",
                "{\"from\": 1, \"to\": 2, \"scene\": \"sha256:"
                        + "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}",
            })
    void impossible(String body) {
        isProblem(farm.post("/render", body), 422);
    }

    @ParameterizedTest(name = "{0} {1}")
    @DisplayName("is 404 or 405 where there is nothing of the kind")
    @CsvSource({
        "GET,/nothing,404",
        "GET,/jobs/..%2f..%2fetc%2fpasswd,404",
        "GET,/jobs/nobody,404",
        "DELETE,/jobs/nobody,404",
        "GET,/jobs/nobody/frames,404",
        "GET,/jobs/nobody/frames/1,404",
        "GET,/jobs/nobody/archive,404",
        "GET,/jobs/nobody/log,404",
        "POST,/jobs/nobody/pause,404",
        "PATCH,/jobs/nobody,404",
        "GET,/render,405",
        "PUT,/status/x,405",
        "POST,/nodes,405",
    })
    void nothingThere(String method, String path, int status) {
        HttpResponse<String> answer =
                TestFarm.send(farm.request(path).method(method, HttpRequest.BodyPublishers.noBody()));

        if (path.contains("%2f")) {
            assertThat(answer.statusCode()).isIn(400, 404);
        } else {
            isProblem(answer, status);
        }
    }
}
