package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.loop.LoopRunner;
import io.renderfleet.core.loop.TimeSource;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A job that ended long ago")
@Timeout(60)
class ForgottenJobsTest {
    private static final Duration KEPT = Duration.ofDays(3);

    @TempDir
    Path folder;

    /** How far the clock of the farm is ahead of this machine's. */
    private final AtomicLong ahead = new AtomicLong();

    ForgottenJobsTest() {}

    private final class ItsTime implements TimeSource {
        private final TimeSource system = TimeSource.system();

        @Override
        public Instant now() {
            return system.now().plusNanos(ahead.get());
        }

        @Override
        public long nanos() {
            return system.nanos() + ahead.get();
        }
    }

    @Test
    @DisplayName("is not found any more, though a younger one is, and its frames stay where they are")
    void isForgotten() throws Exception {
        Loop loop = new Loop(new ItsTime());
        InProcessTransport transport = new InProcessTransport();
        try (RenderNode node = RenderNode.builder()
                        .engine(new TestPatternEngine())
                        .outputRoot(folder.resolve("node"))
                        .build();
                LoopRunner runner = LoopRunner.start(loop, "loop of the test")) {
            transport.add("node", node);
            RenderExecutor farm = RenderExecutor.builder()
                    .renderer("test-pattern")
                    .transport(transport)
                    .nodes(InProcessTransport.address("node").toString())
                    .outputRoot(folder.resolve("frames"))
                    .keepEnded(KEPT)
                    .loop(loop)
                    .build();
            try (OrchestratorServer server =
                    OrchestratorServer.builder().executor(farm).port(0).start()) {
                String old = rendered(server);
                advance(loop, KEPT.minusHours(2));
                String young = rendered(server);
                assertThat(get(server, "/jobs/" + old).statusCode()).isEqualTo(200);

                advance(loop, Duration.ofHours(4));

                await().atMost(Duration.ofSeconds(20))
                        .until(() -> get(server, "/jobs/" + old).statusCode() == 404);
                for (String path : new String[] {"/status/", "/jobs/"}) {
                    HttpResponse<String> answer = get(server, path + old);
                    assertThat(answer.statusCode()).as(path).isEqualTo(404);
                    assertThat(answer.body()).contains("Job not found");
                }
                for (String path : new String[] {"/frames", "/frames/1", "/archive"}) {
                    assertThat(get(server, "/jobs/" + old + path).statusCode())
                            .as(path)
                            .isEqualTo(404);
                }
                assertThat(get(server, "/jobs").body()).contains(young).doesNotContain(old);
                assertThat(get(server, "/jobs/" + young + "/frames/1").statusCode())
                        .isEqualTo(200);
                assertThat(folder.resolve("frames").resolve(old).resolve("blender-render_0001.png"))
                        .isNotEmptyFile();
            } finally {
                farm.close();
            }
            assertThat(runner).isNotNull();
        }
    }

    private void advance(Loop loop, Duration time) {
        ahead.addAndGet(time.toNanos());
        // It sleeps until what it took for its next timer, by the clock as it was.
        loop.execute(() -> {});
    }

    private static String rendered(OrchestratorServer server) {
        String job = ProcessFarm.submit(
                server.uri(), "{\"from\": 1, \"to\": 2, \"settings\": {\"width\": 64, \"height\": 36}}");
        JsonNode ended = ProcessFarm.awaitEnd(server.uri(), job);
        assertThat(ended.get("state").asText()).as(ended.toString()).isEqualTo("completed");
        return job;
    }

    private static HttpResponse<String> get(OrchestratorServer server, String path) {
        return TestFarm.send(ProcessFarm.request(server.uri(), path));
    }
}
