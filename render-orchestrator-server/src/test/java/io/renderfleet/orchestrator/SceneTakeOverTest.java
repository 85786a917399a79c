package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.model.Sha256;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
@DisplayName("A scene that was sent to the leader of two orchestrators")
@Timeout(180)
class SceneTakeOverTest {
    @TempDir
    Path folder;

    SceneTakeOverTest() {}

    @Test
    @DisplayName("is handed to a new node by the other one, when the leader is killed, and the job is finished")
    void outlivesTheLeader() throws Exception {
        Path scene = Files.writeString(folder.resolve("shot.blend"), "a scene");
        Sha256 digest = Sha256.of(scene);
        Path disk = Files.createDirectory(folder.resolve("disk"));
        for (String mount : List.of("mount-1", "mount-2")) {
            Files.createSymbolicLink(folder.resolve(mount), disk);
        }
        try (Postgres postgres = new Postgres(folder.resolve("postgres"));
                ServerProcess leader = orchestrator(postgres, "mount-1")) {
            leader.uri();
            try (ServerProcess other = orchestrator(postgres, "mount-2")) {
                await().atMost(Duration.ofSeconds(60)).until(() -> other.hasSaid("standing by on"));
                HttpResponse<String> sent = TestFarm.send(ProcessFarm.request(leader.uri(), "/scenes/" + digest)
                        .PUT(HttpRequest.BodyPublishers.ofFile(scene)));
                assertThat(sent.statusCode()).as(sent.body()).isEqualTo(201);
                String job = ProcessFarm.submit(
                        leader.uri(), "{\"from\": 1, \"to\": 8, \"scene\": \"sha256:" + digest + "\"}");

                leader.killAndWait();
                // The other machine sees the same folder at another place.
                Files.delete(folder.resolve("mount-2"));
                Files.createSymbolicLink(
                        folder.resolve("mount-2"), Files.move(disk, folder.resolve("disk-of-the-other")));
                try (ServerProcess node = node(other)) {
                    node.uri();
                    JsonNode ended = ProcessFarm.awaitEnd(other.uri(), job);

                    assertThat(ended.get("state").asText())
                            .as(ended + "\n" + String.join("\n", other.said()))
                            .isEqualTo("completed");
                    assertThat(ended.get("accepted").asText()).isEqualTo("1-8");
                    assertThat(folder.resolve("node/.node/scenes/" + digest)).isDirectory();
                }
            }
        }
    }

    private ServerProcess orchestrator(Postgres postgres, String mount) throws Exception {
        List<String> flags = new ArrayList<>(postgres.flags("scenes"));
        flags.add("--port=0");
        flags.add("--output-root=" + folder.resolve(mount));
        flags.add("--renderer=test-pattern");
        return ServerProcess.start(OrchestratorMain.class, folder, Map.of(), flags.toArray(String[]::new));
    }

    private ServerProcess node(ServerProcess orchestrator) throws Exception {
        return ServerProcess.node(folder, "--output-root=node", "--orchestrator=" + orchestrator.uri());
    }
}
