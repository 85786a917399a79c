package io.renderfleet.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.renderfleet.testkit.ExternalTool;
import io.renderfleet.transport.http.wire.JobCreated;
import io.renderfleet.transport.http.wire.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jars, Blender, and nothing shared but the loopback interface. */
@DisplayName("Three standalone nodes with Blender and a standalone orchestrator")
@Timeout(600)
class StandaloneFarmTest {
    private static final String NODE = "render-node-server";
    private static final String ORCHESTRATOR = "render-orchestrator-server";

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<StandaloneServer> nodes = new ArrayList<>();
    private StandaloneServer orchestrator;
    private URI address;

    @BeforeEach
    void start() throws IOException {
        ExternalTool.BLENDER.require();
        requireJars();
        Path submitter = Files.createDirectories(folder.resolve("submitter"));
        Path scene = Files.copy(Path.of("scene", "orbit.blend"), submitter.resolve("orbit.blend"));
        List<String> args = new ArrayList<>(List.of("--port", "0", "--scene", scene.toString()));
        args.addAll(List.of("--output-root", folder.resolve("frames").toString()));
        for (int i = 1; i <= 3; i++) {
            nodes.add(StandaloneServer.start(folder.resolve("node-" + i), NODE, "--port", "0"));
        }
        for (StandaloneServer node : nodes) {
            args.addAll(List.of("--node", node.awaitListening().toString()));
        }
        orchestrator =
                StandaloneServer.start(folder.resolve("orchestrator"), ORCHESTRATOR, args.toArray(String[]::new));
        address = orchestrator.awaitListening();
    }

    @AfterEach
    void stop() {
        if (orchestrator != null) {
            orchestrator.close();
        }
        nodes.forEach(StandaloneServer::close);
    }

    @Test
    @DisplayName("answer 202, then 200, and leave twenty frames of a scene that only the orchestrator had")
    void renderTwentyFrames() throws Exception {
        HttpResponse<byte[]> accepted = render();

        assertThat(accepted.statusCode()).isEqualTo(202);
        assertThat(accepted.headers().firstValue("Retry-After")).isPresent();
        String status = accepted.headers().firstValue("Location").orElseThrow();
        assertThat(status).isEqualTo("/status/" + jobId(accepted));

        HttpResponse<String> running = get(status);
        assertThat(running.statusCode()).isEqualTo(202);
        assertThat(running.body()).startsWith("Job still running");

        Awaitility.await()
                .atMost(Duration.ofMinutes(8))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> get(status).statusCode() == 200);
        assertThat(get(status).body()).startsWith("Job completed");
        assertThat(pictures(jobId(accepted))).hasSize(20);
    }

    @Tag("long")
    @Test
    @DisplayName("lose a node to SIGKILL, and keep every frame that had been accepted")
    void loseANode() throws Exception {
        HttpResponse<byte[]> accepted = render();
        String job = jobId(accepted);
        Awaitility.await()
                .atMost(Duration.ofMinutes(4))
                .until(() -> pictures(job).size() >= 2);
        Map<Path, FileTime> before = new HashMap<>();
        for (Path picture : pictures(job)) {
            before.put(picture, Files.getLastModifiedTime(picture));
        }
        nodes.get(0).kill();

        Awaitility.await()
                .atMost(Duration.ofMinutes(8))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> get("/status/" + job).statusCode() == 200);

        assertThat(get("/status/" + job).body()).startsWith("Job completed");
        assertThat(pictures(job)).hasSize(20);
        for (Map.Entry<Path, FileTime> picture : before.entrySet()) {
            assertThat(Files.getLastModifiedTime(picture.getKey())).isEqualTo(picture.getValue());
        }
    }

    /** As the README has it, with a picture that is small enough for a test. */
    private HttpResponse<byte[]> render() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/render"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"from\": 1, \"to\": 20, \"settings\": {\"percentage\": 10, \"samples\": 1}}"))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(address.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String jobId(HttpResponse<byte[]> accepted) {
        return Objects.requireNonNull(
                Wire.readAnswer(accepted.body(), JobCreated.class).orElseThrow().jobId());
    }

    private List<Path> pictures(String job) throws IOException {
        Path frames = folder.resolve("frames").resolve(job);
        if (!Files.isDirectory(frames)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(frames)) {
            List<Path> pictures =
                    files.filter(file -> file.toString().endsWith(".png")).toList();
            for (Path picture : pictures) {
                assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(48);
            }
            return pictures;
        }
    }

    private static void requireJars() {
        boolean packaged =
                Stream.of(NODE, ORCHESTRATOR).map(StandaloneServer::jar).allMatch(Files::isRegularFile);
        assumeTrue(packaged, "the standalone jars are made by mvn package, and are not there");
    }
}
