package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.EngineSink;
import io.renderfleet.core.spi.RenderEngine;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A node whose parts fail badly")
@Timeout(60)
class FaultyPartsTest {
    @TempDir
    Path root;

    FaultyPartsTest() {}

    private static NodeJobView submit(RenderNode node) {
        SubmitResult result =
                node.submit(NodeJobRequest.of(FrameSet.parse("1-2")), SubmitContext.DIRECT, RateGate.OPEN);
        assertThat(result).isInstanceOf(SubmitResult.Accepted.class);
        return ((SubmitResult.Accepted) result).job();
    }

    private static NodeJobView awaitEnd(RenderNode node, NodeJobView job) {
        await().until(() -> node.job(job.id()).orElseThrow().state().ended());
        return node.job(job.id()).orElseThrow();
    }

    @Test
    @DisplayName("ends a job although a listener breaks with an error, and gives its slot free")
    void listener() throws IOException {
        ScriptedEngine engine = new ScriptedEngine();
        try (RenderNode node =
                RenderNode.builder().engine(engine).outputRoot(root).build()) {
            node.listen(new NodeListener() {
                @Override
                public void frameFinished(NodeJobView job, int frame, Duration renderTime) {
                    throw new AssertionError("of the application's");
                }
            });
            NodeJobView job = submit(node);
            engine.last().render(1, Duration.ofSeconds(1));
            engine.last().render(2, Duration.ofSeconds(1));
            engine.last().end();

            assertThat(awaitEnd(node, job).state()).isEqualTo(NodeJobState.COMPLETED);
            assertThat(node.describe().busy()).isZero();
        }
    }

    @Test
    @DisplayName("fails a job whose engine lacks a library, and gives its slot free")
    void engine() throws IOException {
        RenderEngine broken = new RenderEngine() {
            @Override
            public EngineInfo info() {
                return new EngineInfo("broken", "1.0");
            }

            @Override
            public Optional<Failure> check(RenderTask task) {
                return Optional.empty();
            }

            @Override
            public RenderRun start(RenderTask task, EngineSink sink) {
                throw new NoClassDefFoundError("of the application's");
            }

            @Override
            public void close() {}
        };
        try (RenderNode node =
                RenderNode.builder().engine(broken).outputRoot(root).build()) {
            NodeJobView ended = awaitEnd(node, submit(node));

            assertThat(ended.failure()).isNotNull();
            assertThat(ended.failure().kind()).isEqualTo(FailureKind.INTERNAL_ERROR);
            assertThat(node.describe().busy()).isZero();
        }
    }
}
