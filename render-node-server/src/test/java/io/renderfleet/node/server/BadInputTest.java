package io.renderfleet.node.server;

import static io.renderfleet.node.server.TestNode.assertProblem;
import static io.renderfleet.node.server.TestNode.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("POST /job")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class BadInputTest {
    private static final List<String> FIELDS =
            List.of("frames", "from", "to", "scene", "entry", "output", "settings", "timeoutSeconds", "job", "batch");
    private static final List<String> SETTINGS = List.of(
            "engine",
            "samples",
            "width",
            "height",
            "percentage",
            "format",
            "depth",
            "sceneName",
            "viewLayer",
            "camera",
            "threads",
            "device",
            "denoise",
            "seed",
            "overwrite",
            "persistentData");

    private Path folder;
    private Path scenes;
    private TestNode node;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        this.folder = folder;
        scenes = Files.createDirectory(folder.resolve("scenes"));
        Files.writeString(folder.resolve("secret.blend"), "not for everybody");
        Files.createSymbolicLink(scenes.resolve("link.blend"), folder.resolve("secret.blend"));
        Files.createSymbolicLink(scenes.resolve("linked"), folder);
        node = TestNode.start(
                folder.resolve("out"),
                Duration.ZERO,
                builder -> builder.sceneRoot(scenes),
                http -> http.rateLimit(null));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @AfterEach
    void nothingRuns() throws IOException, InterruptedException {
        assertThat(json(node.get("/node")).get("busy").asInt()).isZero();
        try (Stream<Path> jobs = Files.list(folder.resolve("out"))) {
            assertThat(jobs.filter(path -> !path.getFileName().toString().equals(".node")))
                    .as("folders of jobs that were refused")
                    .isEmpty();
        }
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("scenes", "secret.blend", "out");
        }
    }

    static Stream<Arguments> wrongTypes() {
        List<String> values = List.of(
                "[]", "[1]", "true", "1.5", "99999999999999999999", "{\"x\":1}", "\"\"", "\"\\u0000\"", "-1e400");
        Stream<Arguments> top = FIELDS.stream()
                .flatMap(field -> values.stream()
                        .map(value -> Arguments.of(field, "{" + others(field) + "\"" + field + "\":" + value + "}")));
        Stream<Arguments> inside = SETTINGS.stream()
                .flatMap(field -> values.stream()
                        .filter(value -> !(value.equals("true")
                                && List.of("denoise", "overwrite", "persistentData")
                                        .contains(field)))
                        .map(value -> Arguments.of(
                                "settings." + field,
                                "{\"from\":1,\"to\":2,\"settings\":{\"" + field + "\":" + value + "}}")));
        return Stream.concat(top, inside);
    }

    private static String others(String field) {
        return switch (field) {
            case "from" -> "\"to\":2,";
            case "to" -> "\"from\":1,";
            case "frames" -> "";
            default -> "\"from\":1,\"to\":2,";
        };
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("wrongTypes")
    @DisplayName("refuses each field with a value that it cannot have, and names it")
    void wrongType(String field, String body) throws Exception {
        HttpResponse<String> response = node.post(body);

        assertProblem(response, 400, "invalid-request");
        assertThat(json(response).get("detail").asText()).contains(field.substring(field.indexOf('.') + 1));
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                Arguments.of("{}", "frames"),
                Arguments.of("{\"from\":1}", "to"),
                Arguments.of("{\"to\":1}", "from"),
                Arguments.of("{\"from\":5,\"to\":1}", "from"),
                Arguments.of("{\"from\":1,\"to\":2,\"frames\":\"1-2\"}", "frames"),
                Arguments.of("{\"from\":\"1\",\"to\":2}", "from"),
                Arguments.of("{\"from\":1,\"to\":1000001}", "1,000,000"),
                Arguments.of("{\"frames\":\"1-1000001\"}", "1,000,000"),
                Arguments.of("{\"from\":0,\"to\":1048575}", "1048574"),
                Arguments.of("{\"frames\":\"1;rm -rf /\"}", "frames"),
                Arguments.of("{\"frames\":\"$(reboot)\"}", "frames"),
                Arguments.of("{\"frames\":\"1-\"}", "frames"),
                Arguments.of("{\"frames\":\"1-5x0\"}", "frames"),
                Arguments.of("{\"from\":1,\"to\":2,\"nonsense\":1}", "nonsense"),
                Arguments.of("{\"from\":1,\"to\":2,\"settings\":{\"nonsense\":1}}", "nonsense"),
                Arguments.of("{\"from\":1,\"from\":2,\"to\":2}", "from"),
                Arguments.of("{\"from\":1,\"to\":2,\"timeoutSeconds\":0}", "timeoutSeconds"),
                Arguments.of("{\"from\":1,\"to\":2,\"timeoutSeconds\":-5}", "timeoutSeconds"),
                Arguments.of("{\"from\":1,\"to\":2,\"output\":\"../evil_####\"}", "output"),
                Arguments.of("{\"from\":1,\"to\":2,\"output\":\"/tmp/evil_####\"}", "output"),
                Arguments.of("{\"from\":1,\"to\":2,\"output\":\"a/../../evil_####\"}", "output"),
                Arguments.of("{\"from\":1,\"to\":2,\"output\":\"C:\\\\evil_####\"}", "output"),
                Arguments.of("{\"from\":1,\"to\":2,\"output\":\"a\\u0000b_####\"}", "output"),
                Arguments.of("{\"from\":1,\"to\":2,\"output\":\"" + "x".repeat(5000) + "####\"}", "output"),
                Arguments.of("{\"from\":1,\"to\":2,\"scene\":\"../secret.blend\"}", "scene"),
                Arguments.of("{\"from\":1,\"to\":2,\"scene\":\"/etc/passwd\"}", "scene"),
                Arguments.of("{\"from\":1,\"to\":2,\"scene\":\"sha256:xyz\"}", "scene"),
                Arguments.of("{\"from\":1,\"to\":2,\"entry\":\"a.blend\"}", "entry"),
                Arguments.of(
                        "{\"from\":1,\"to\":2,\"entry\":\"../a.blend\",\"scene\":\"sha256:" + "0".repeat(64) + "\"}",
                        "entry"),
                Arguments.of("{\"from\":1,\"to\":2,\"job\":\"../../x\"}", "job"),
                Arguments.of("{\"from\":1,\"to\":2,\"job\":\"a b;c\"}", "job"),
                Arguments.of("{\"from\":1,\"to\":2,\"batch\":\"../x\"}", "batch"),
                Arguments.of("{\"from\":1,\"to\":2,\"settings\":{\"samples\":0}}", "samples"),
                Arguments.of("{\"from\":1,\"to\":2,\"settings\":{\"width\":999999}}", "width"),
                Arguments.of("{\"from\":1,\"to\":2,\"settings\":{\"format\":\"png; rm\"}}", "format"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongValues")
    @DisplayName("refuses what is wrong by itself, and says what")
    void wrongValue(String body, String named) throws Exception {
        HttpResponse<String> response = node.post(body);

        assertProblem(response, 400, "invalid-request");
        assertThat(json(response).get("detail").asText().replace("1000000", "1,000,000"))
                .contains(named);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "",
                "{",
                "}",
                "null",
                "[]",
                "1",
                "\"x\"",
                "{\"from\":1,\"to\":2}{}",
                "{\"from\":1,\"to\":2} x",
                "{'from':1,'to':2}",
                "{from:1,to:2}",
                "{\"from\":1,\"to\":2,}",
                "{\"from\":01,\"to\":2}",
                "{\"from\":NaN,\"to\":2}",
                "\u0000",
                "{\"settings\":{\"settings\":{\"settings\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}"
            })
    @DisplayName("refuses what is not one JSON object")
    void brokenJson(String body) throws Exception {
        assertProblem(node.post(body), 400, "invalid-request");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"link.blend", "linked/secret.blend", "nowhere.blend", "sub/../../secret.blend"})
    @DisplayName("does not find scenes outside of the scene root, links included")
    void scenesOutside(String scene) throws Exception {
        HttpResponse<String> response = node.post("{\"from\":1,\"to\":2,\"scene\":\"" + scene + "\"}");

        assertThat(response.statusCode()).as(response.body()).isIn(400, 422);
        assertThat(response.body()).doesNotContain(folder.toString(), "not for everybody");
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{\"from\":1,\"to\":2,\"settings\":{\"engine\":\"CYCLES\"}}",
                "{\"from\":1,\"to\":2,\"settings\":{\"format\":\"OPEN_EXR\"}}",
                "{\"from\":1,\"to\":2,\"settings\":{\"device\":\"CUDA\"}}"
            })
    @DisplayName("answers 422 to what is right by itself but impossible here")
    void impossible(String body) throws Exception {
        assertThat(node.post(body).statusCode()).isEqualTo(422);
        assertProblem(
                node.post("{\"from\":1,\"to\":2,\"scene\":\"sha256:" + "0".repeat(64) + "\"}"), 422, "scene-not-here");
    }

    @Test
    @DisplayName("refuses what is too large, of another type, or by another method")
    void wrongRequest() throws Exception {
        byte[] large = new byte[10 << 20];
        var post = node.request("/job").header("Content-Type", "application/json");
        assertProblem(node.send(post.copy().POST(BodyPublishers.ofByteArray(large))), 413, "too-large");
        assertProblem(node.post("{\"from\":1,\"to\":2,\"job\":\"" + "x".repeat(65 * 1024) + "\"}"), 413, "too-large");
        var form = node.request("/job").header("Content-Type", "application/x-www-form-urlencoded");
        assertProblem(node.send(form.POST(BodyPublishers.ofString("from=1&to=2"))), 415, "unsupported-media-type");
        assertProblem(
                node.send(node.request("/job").POST(BodyPublishers.ofString("{\"from\":1,\"to\":2}"))),
                415,
                "unsupported-media-type");
        HttpResponse<String> got = node.get("/job");
        assertProblem(got, 405, "method-not-allowed");
        assertThat(got.headers().firstValue("Allow")).contains("OPTIONS, POST");
        assertProblem(node.get("/jobs"), 404, "not-found");
    }
}
