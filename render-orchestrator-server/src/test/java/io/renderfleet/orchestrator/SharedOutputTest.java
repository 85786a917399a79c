package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A node and an orchestrator that are told that they share a folder")
@Timeout(180)
class SharedOutputTest {
    @TempDir
    Path folder;

    SharedOutputTest() {}

    @Test
    @DisplayName("publish every frame by a rename, and send none")
    void publishByRename() throws Exception {
        Path shared = Files.createDirectory(folder.resolve("shared"));
        try (ServerProcess node = ServerProcess.node(folder, "--output-root=node", "--shared-output=" + shared);
                ServerProcess orchestrator = ServerProcess.start(
                        OrchestratorMain.class,
                        folder,
                        Map.of(),
                        "--port=0",
                        "--decode-frames",
                        "--sync-frames=off",
                        "--fetch-rate=100",
                        "--renderer=test-pattern",
                        "--shared-output=" + shared,
                        "--node=" + node.uri())) {
            String id = ProcessFarm.submit(orchestrator.uri(), 12);

            JsonNode ended = ProcessFarm.awaitEnd(orchestrator.uri(), id);

            assertThat(ended.get("accepted").asText()).as(ended.toString()).isEqualTo("1-12");
            for (int frame = 1; frame <= 12; frame++) {
                String name = String.format("blender-render_%04d.png", frame);
                assertThat(sameFileAmongAttempts(shared.resolve(id), name))
                        .as(name)
                        .isTrue();
            }
            assertThat(folder.resolve("node").resolve(".node")).isDirectory();
        }
    }

    private static boolean sameFileAmongAttempts(Path job, String name) throws IOException {
        try (Stream<Path> files = Files.walk(job.resolve(".attempts"))) {
            for (Path file : files.filter(path -> path.endsWith(name)).toList()) {
                if (Files.isSameFile(file, job.resolve(name))) {
                    return true;
                }
            }
        }
        return false;
    }
}
