package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.server.RenderNodeServer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Files that a scene names itself")
@Timeout(60)
class SideFileNamesTest {
    private static final List<String> NAMES = List.of(
            "0001.png",
            "0001-\u6df1\u5ea6-\u900f\u660e_0001.png",
            "0001-50% a;b&c=d,e'f+g#h~[i]{j}!$`^.png",
            "0001-%2e%2e-%2F0001.png",
            "0001-\u0928\u092e\u0938\u094d\u0924\u0947-\ud83c\udfa8.png",
            "0001-" + "\u00fc".repeat(120) + ".png");

    @TempDir
    Path folder;

    SideFileNamesTest() {}

    @Test
    @DisplayName("keep their names on the node, in the job's folder, in their URLs and in the archive")
    void keepTheirNames() throws Exception {
        RenderNode node = RenderNode.builder()
                .engine(new NamingEngine())
                .outputRoot(folder.resolve("node"))
                .build();
        try (RenderNodeServer nodeServer =
                        RenderNodeServer.builder(node).port(0).start();
                OrchestratorServer server = OrchestratorServer.builder()
                        .nodes(nodeServer.uri().toString())
                        .outputRoot(folder.resolve("frames"))
                        .port(0)
                        .start()) {
            String id = ProcessFarm.submit(server.uri(), "{\"from\": 1, \"to\": 1, \"renderer\": \"naming\"}");
            JsonNode job = ProcessFarm.awaitEnd(server.uri(), id);

            assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("completed");
            List<String> listed = new ArrayList<>();
            TestFarm.json(get(server, "/jobs/" + id + "/frames"))
                    .get("frames")
                    .get(0)
                    .get("files")
                    .forEach(file -> listed.add(file.get("name").asText()));
            assertThat(listed).containsExactlyElementsOf(NAMES);
            for (String name : NAMES) {
                assertThat(folder.resolve("frames").resolve(id).resolve(name)).isRegularFile();
                String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
                assertThat(get(server, "/jobs/" + id + "/frames/1/" + encoded).statusCode())
                        .as(name)
                        .isEqualTo(200);
            }
            assertThat(entries(server, id)).containsExactlyElementsOf(NAMES);
        }
    }

    private static HttpResponse<String> get(OrchestratorServer server, String path) {
        return TestFarm.send(HttpRequest.newBuilder(server.uri().resolve(path)));
    }

    private static List<String> entries(OrchestratorServer server, String job) throws IOException {
        byte[] zip = TestFarm.send(
                        HttpRequest.newBuilder(server.uri().resolve("/jobs/" + job + "/archive")),
                        HttpResponse.BodyHandlers.ofByteArray())
                .body();
        List<String> names = new ArrayList<>();
        try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (var entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        return names;
    }

    /** Writes one frame with files of all these names. */
    private static final class NamingEngine implements RenderEngine {
        @Override
        public EngineInfo info() {
            return new EngineInfo("naming", "1");
        }

        @Override
        public Optional<Failure> check(RenderTask task) {
            return Optional.empty();
        }

        @Override
        public RenderRun start(RenderTask task, EngineSink sink) {
            List<Path> files = new ArrayList<>();
            try {
                for (String name : NAMES) {
                    Path file = task.outputFolder().resolve(name);
                    ImageIO.write(new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
                    files.add(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            sink.accept(new EngineEvent.FrameStarted(1));
            sink.accept(new EngineEvent.FrameSaved(1, files, Duration.ofMillis(1)));
            sink.accept(new EngineEvent.Ended(null));
            return new RenderRun() {
                @Override
                public void stop(Failure reason) {}

                @Override
                public FrameSet shorten(FrameSet keep) {
                    return keep;
                }
            };
        }

        @Override
        public void close() {}
    }
}
