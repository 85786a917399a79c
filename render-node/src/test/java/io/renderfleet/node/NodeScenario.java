package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.node.scene.SceneRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose engine does what a test says, at the times that it says. */
@Timeout(60)
abstract class NodeScenario {
    static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    Path root;

    final ManualTime time = new ManualTime();
    final ScriptedEngine engine = new ScriptedEngine();
    RenderNode node;

    @BeforeEach
    void start() throws IOException {
        node = builder().build();
    }

    @AfterEach
    void stop() {
        engine.endsOnStop = true;
        node.close();
    }

    RenderNodeBuilder builder() {
        return RenderNode.builder().engine(engine).outputRoot(root).time(time);
    }

    void restart(RenderNodeBuilder with) throws IOException {
        node.close();
        node = with.build();
    }

    NodeJobView accepted(SubmitResult result) {
        assertThat(result).isInstanceOf(SubmitResult.Accepted.class);
        return ((SubmitResult.Accepted) result).job();
    }

    NodeJobView submit(String frames) {
        return accepted(submit(request(frames), null, null));
    }

    SubmitResult submit(NodeJobRequest request, @Nullable String key, @Nullable String attempt) {
        SubmitContext context = new SubmitContext(key, attempt == null ? null : AttemptId.parse(attempt), null);
        return node.submit(request, context, RateGate.OPEN);
    }

    static NodeJobRequest request(String frames) {
        return NodeJobRequest.of(FrameSet.parse(frames));
    }

    static NodeJobRequest named(String frames, String job, @Nullable Boolean overwrite) {
        return new NodeJobRequest(
                FrameSet.parse(frames),
                SceneRef.DEFAULT,
                OutputPattern.DEFAULT,
                RenderSettings.builder().overwrite(overwrite).build(),
                null,
                ScenePolicy.DEFAULT,
                null,
                new JobId(job),
                new BatchId("7"));
    }

    NodeJobView view(String id) {
        return node.job(id).orElseThrow();
    }

    NodeJobView awaitEnd(String id) {
        await().until(() -> view(id).state().ended());
        return view(id);
    }

    void awaitFinished(String id, String frames) {
        await().until(() -> view(id).finished().equals(FrameSet.parse(frames)));
    }
}
