package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.RenderNodeServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Beside the programs of a tutorial, which know from and to and a line of text,")
@Timeout(120)
class TutorialTest {
    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();

    TutorialTest() {}

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    @DisplayName(
            "the orchestrator has three of its servers render twenty frames, and says that nobody could check them")
    void ourOrchestratorTheirServers() throws Exception {
        List<TutorialNode> nodes = new ArrayList<>();
        List<String> args = new ArrayList<>(List.of("--port=0", "--output-root=farm", "--scene=shot.blend"));
        Files.writeString(folder.resolve("shot.blend"), "BLENDER-v304 that they do not look at");
        for (int i = 0; i < 3; i++) {
            TutorialNode node = new TutorialNode(Duration.ofSeconds(1));
            open.add(node);
            nodes.add(node);
            args.add("--node=" + node.url());
        }
        ServerProcess orchestrator =
                ServerProcess.start(OrchestratorMain.class, folder, Map.of(), args.toArray(String[]::new));
        open.add(0, orchestrator);

        String id = ProcessFarm.submit(orchestrator.uri(), "{\"from\": 1, \"to\": 20}");
        JsonNode job = ProcessFarm.awaitEnd(orchestrator.uri(), id);

        assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("completed");
        assertThat(job.get("unverified").asText()).isEqualTo("1-20");
        assertThat(nodes.stream().flatMap(node -> node.rendered().stream()))
                .containsExactlyInAnyOrder("1-5", "6-10", "11-15", "16-20");
        assertThat(nodes).allSatisfy(node -> assertThat(node.rendered()).isNotEmpty());
        assertThat(nodes.stream().flatMap(node -> node.answered.stream()))
                .as("only what it does not have is refused")
                .allMatch(answer -> answer.matches("(2..|304) .*|404 \\w+ /(node|job/\\d+/\\w+)"));
    }

    @Test
    @DisplayName("the orchestrator tells its nodes of which trace their work is a part, with a parent id of each batch")
    void oneTrace() throws Exception {
        TutorialNode node = new TutorialNode(Duration.ofMillis(100));
        open.add(node);
        Files.writeString(folder.resolve("shot.blend"), "BLENDER-v304 that it does not look at");
        ServerProcess orchestrator = ServerProcess.start(
                OrchestratorMain.class,
                folder,
                Map.of(),
                "--port=0",
                "--output-root=farm",
                "--scene=shot.blend",
                "--node=" + node.url());
        open.add(0, orchestrator);

        HttpRequest request = HttpRequest.newBuilder(orchestrator.uri().resolve("/render"))
                .header("Content-Type", "application/json")
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .POST(HttpRequest.BodyPublishers.ofString("{\"from\": 1, \"to\": 10}"))
                .build();
        HttpResponse<String> created = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        String location = created.headers().firstValue("Location").orElseThrow();
        ProcessFarm.awaitEnd(orchestrator.uri(), location.substring(location.lastIndexOf('/') + 1));

        assertThat(node.traces)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allMatch(trace -> trace.matches("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01"))
                .noneMatch(trace -> trace.contains("00f067aa0ba902b7"));

        String untraced = ProcessFarm.submit(orchestrator.uri(), "{\"from\": 1, \"to\": 10}");
        ProcessFarm.awaitEnd(orchestrator.uri(), untraced);
        List<String> ids = node.traces.subList(2, 4).stream()
                .map(trace -> trace.substring(3, 35))
                .distinct()
                .toList();
        assertThat(ids).hasSize(1).noneMatch(id -> id.equals("4bf92f3577b34da6a3ce929d0e0e4736"));
    }

    @Test
    @DisplayName("three nodes render twenty frames for its orchestrator")
    void theirOrchestratorOurServers() throws IOException {
        List<URI> servers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RenderNodeServer server = RenderNodeServer.builder(RenderNode.builder()
                            .engine(new TestPatternEngine())
                            .outputRoot(folder.resolve("node-" + i))
                            .slots(2)
                            .build())
                    .port(0)
                    .start();
            open.add(server);
            servers.add(server.uri());
        }

        List<String> ends = new TutorialClient(servers).render(1, 20, 5);

        assertThat(ends).hasSize(4).allMatch(end -> end.contains("\"Job completed\""));
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".png")))
                    .hasSize(20)
                    .doesNotHaveDuplicates()
                    .contains("blender-render_0001.png", "blender-render_0020.png");
        }
    }
}
