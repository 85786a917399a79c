package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.node.engine.TestPatternEngine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A node")
class RenderNodeTest {
    @TempDir
    Path root;

    @Test
    @DisplayName("renders the frames that it is asked for, and publishes them in the job's folder")
    void rendersFrames() throws Exception {
        try (RenderNode node = RenderNode.builder()
                .engine(new TestPatternEngine())
                .outputRoot(root)
                .build()) {
            var accepted = (SubmitResult.Accepted)
                    node.submit(NodeJobRequest.of(FrameSet.range(1, 3)), SubmitContext.DIRECT, RateGate.OPEN);
            String id = accepted.job().id();

            await().until(() -> node.job(id).orElseThrow().state().ended());

            NodeJobView view = node.job(Long.toString(accepted.job().pid())).orElseThrow();
            assertThat(view.state()).as("%s", view.failure()).isEqualTo(JobState.COMPLETED);
            assertThat(view.finished()).isEqualTo(FrameSet.range(1, 3));
            List<FrameOutput> frames = node.frames(id).orElseThrow();
            assertThat(frames).hasSize(3);
            assertThat(node.file(id, 2, null))
                    .hasValueSatisfying(file ->
                            assertThat(file).exists().isEqualTo(root.resolve(id).resolve("blender-render_0002.png")));
        }
    }
}
