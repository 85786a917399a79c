package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.orchestrator.OrchestratorServer;
import io.renderfleet.transport.http.HttpTransport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Of a batch that failed on a node that is gone since,")
@Timeout(120)
class GoneNodeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String WHY = "The scene has no camera to render from.";

    @TempDir
    Path folder;

    private final List<AutoCloseable> running = new ArrayList<>();

    GoneNodeTest() {}

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable server : running) {
            server.close();
        }
    }

    private record Farm(RenderNodeServer node, OrchestratorServer orchestrator) {
        Ran render(String command, String... args) {
            List<String> all = new ArrayList<>(List.of(command));
            all.addAll(List.of(args));
            all.addAll(List.of("--orchestrator", orchestrator.uri().toString()));
            return Ran.render(all.toArray(String[]::new));
        }

        HttpResponse<String> get(String path, String... headers) throws Exception {
            URI uri = orchestrator.uri().resolve(path);
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
            return CLIENT.send(
                    (headers.length == 0 ? request : request.headers(headers)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }

        JsonNode json(String path, String... headers) throws Exception {
            return JSON.readTree(get(path, headers).body());
        }

        String failedJob() {
            Ran submitted = render("submit", "1-3", "--wait");
            assertThat(submitted.code()).isEqualTo(ExitCode.JOB_FAILED.number());
            return submitted.onlyLine();
        }
    }

    private Farm farm(long logQuota) throws Exception {
        RenderNodeServer node = RenderNodeServer.builder(RenderNode.builder()
                        .engine(new BreakingEngine())
                        .outputRoot(folder.resolve("node"))
                        .build())
                .port(0)
                .start();
        running.add(node);
        OrchestratorServer orchestrator = OrchestratorServer.builder()
                .renderer("breaking")
                .transport(HttpTransport.create())
                .nodes(node.uri().toString())
                .outputRoot(folder.resolve("orchestrator"))
                .logQuota(logQuota)
                .port(0)
                .start();
        running.add(0, orchestrator);
        return new Farm(node, orchestrator);
    }

    private static Optional<String> source(HttpResponse<?> log) {
        return log.headers().firstValue("Log-Source");
    }

    @Test
    @DisplayName("log, history and reason are still there, over HTTP, on the command line, and for the page")
    void isExplained() throws Exception {
        Farm farm = farm(1 << 20);
        String job = farm.failedJob();
        String path = "/jobs/" + job;
        JsonNode attempts = farm.json(path + "/history").get("attempts");
        for (JsonNode attempt : attempts) {
            String logOfIt = attempt.get("log").asText();
            await().atMost(PATIENCE).until(() -> source(farm.get(logOfIt)).equals(Optional.of("kept")));
        }
        String id = farm.node().node().id().value();
        farm.node().close();

        HttpResponse<String> log = farm.get(path + "/log");
        assertThat(source(log)).hasValue("kept");
        assertThat(log.headers().firstValue("Batch-State")).hasValue("failed");
        assertThat(log.body()).contains("about frame 1\n", "line 1 about frame 2\n", "line 60 about frame 2\n");
        assertThat(farm.get(path + "/log?frame=1").body()).isEqualTo("Frame 1 began\nabout frame 1\n");

        JsonNode attempt = farm.json(path + "/history").at("/attempts/0");
        assertThat(attempt.get("state").asText()).isEqualTo("failed");
        assertThat(attempt.get("node").asText()).isEqualTo(id);
        assertThat(attempt.at("/failure/kind").asText()).isEqualTo("NO_CAMERA");
        assertThat(attempt.at("/failure/message").asText()).isEqualTo(WHY);
        assertThat(attempt.at("/failure/log")).hasSize(5);
        assertThat(attempt.get("rendererVersion").asText()).isEqualTo("1.0");
        assertThat(attempt.get("device").asText()).isEqualTo("CUDA, A5000");
        assertThat(attempt.get("peakMemoryBytes").asLong()).isEqualTo(3L << 30);
        JsonNode frame = JSON.readTree(
                farm.get(path + "/frames/2", "Accept", "application/json").body());
        assertThat(frame.get("state").asText()).isEqualTo("left");
        assertThat(frame.at("/failure/message").asText()).isEqualTo(WHY);

        assertThat(farm.render("logs", job, "--frame", "2").lines())
                .hasSizeGreaterThan(60)
                .startsWith("Frame 2 began", "line 1 about frame 2");
        assertThat(farm.render("logs", job, "--follow").lines()).contains("about frame 1");
        assertThat(farm.render("logs", job, "--frame", "3").err()).contains("has no lines of frame 3 by itself");
        List<String> explained = farm.render("explain", job, "2").lines();
        assertThat(explained.get(0))
                .isEqualTo("Frame 2 is not there: the job ended without it: " + WHY + " [NO_CAMERA]");
        assertThat(explained.get(1))
                .contains("Batch 1, frames 1-3, on " + id, "on CUDA, A5000", "up to 3.0 GiB of memory")
                .endsWith(": " + WHY + " [NO_CAMERA]");
        assertThat(explained).contains("Log: render logs " + job + " --batch " + attempts.size() + " --frame 2");
        assertThat(farm.render("explain", job).lines()).anyMatch(line -> line.endsWith(": " + WHY + " [NO_CAMERA]"));
    }

    @Test
    @DisplayName("the last lines are there at least, where the node went away before its log was fetched")
    void lastLines() throws Exception {
        Farm farm = farm(0);
        String job = farm.failedJob();
        farm.node().close();

        HttpResponse<String> log = farm.get("/jobs/" + job + "/log?batch=1");

        assertThat(source(log)).hasValue("failure");
        assertThat(log.body().lines()).hasSize(50).last().isEqualTo("line 60 about frame 2");
        assertThat(farm.get("/jobs/" + job + "/log?frame=1").body()).isEmpty();
        Ran logs = farm.render("logs", job, "--frame", "2");
        assertThat(logs.lines()).hasSize(50);
        assertThat(logs.err()).contains("these are the last lines that came with the failure");
    }

    /** Says something about frame 1 and much about frame 2, and fails there. */
    private static final class BreakingEngine implements RenderEngine {
        @Override
        public EngineInfo info() {
            return new EngineInfo("breaking", "1.0");
        }

        @Override
        public Optional<Failure> check(RenderTask task) {
            return Optional.empty();
        }

        @Override
        public RenderRun start(RenderTask task, EngineSink sink) {
            sink.accept(new EngineEvent.DeviceUsed("CUDA, A5000"));
            sink.accept(new EngineEvent.FrameStarted(1));
            sink.accept(new EngineEvent.MemoryUsed(1L << 30, 3L << 30));
            sink.accept(new EngineEvent.MemoryUsed(1L << 30, 2L << 30));
            sink.accept(new EngineEvent.LogLine("about frame 1"));
            sink.accept(new EngineEvent.FrameStarted(2));
            for (int line = 1; line <= 60; line++) {
                sink.accept(new EngineEvent.LogLine("line " + line + " about frame 2"));
            }
            sink.accept(new EngineEvent.Ended(Failure.of(FailureKind.NO_CAMERA, 2, WHY)));
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
