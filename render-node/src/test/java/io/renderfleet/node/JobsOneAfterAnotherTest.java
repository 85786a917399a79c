package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputPattern;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.scene.SceneRef;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Jobs one after another")
class JobsOneAfterAnotherTest {
    @TempDir
    Path root;

    @Test
    @DisplayName("leave no thread, no open file and no temporary file behind: 50 of them")
    void fifty() throws Exception {
        renders(50);
    }

    @Test
    @Tag("soak")
    @DisplayName("leave no thread, no open file and no temporary file behind: 1,000 of them")
    void thousand() throws Exception {
        renders(1_000);
    }

    private void renders(int jobs) throws Exception {
        ManualTime time = new ManualTime();
        try (RenderNode node = RenderNode.builder()
                .engine(new TestPatternEngine())
                .outputRoot(root)
                .time(time)
                .build()) {
            renderOne(node, 1);
            long files = openFiles();
            int threads = Thread.activeCount();
            for (int i = 2; i <= jobs; i++) {
                renderOne(node, i);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> Thread.activeCount() <= threads + 2);
            assertThat(openFiles()).as("open files").isLessThanOrEqualTo(files + 5);
            assertThat(root.resolve(".node/work")).isEmptyDirectory();

            time.advance(Duration.ofHours(25));

            try (Stream<Path> left = Files.walk(root)) {
                assertThat(left.filter(Files::isRegularFile)
                                .map(file -> root.relativize(file).toString()))
                        .as("files once all jobs are forgotten")
                        .containsExactlyInAnyOrder(".node/lock", ".node/node-id", ".node/epochs");
            }
            assertThat(root.toFile().list()).containsExactly(".node");
        }
    }

    private static void renderOne(RenderNode node, int seq) {
        AttemptId attempt = new AttemptId("f", 1, seq);
        NodeJobRequest request = new NodeJobRequest(
                FrameSet.range(1, 2),
                SceneRef.DEFAULT,
                OutputPattern.DEFAULT,
                RenderSettings.builder().width(32).height(18).build(),
                null,
                ScenePolicy.DEFAULT,
                Duration.ofHours(1),
                null,
                null);
        SubmitContext context = new SubmitContext(attempt.toString(), attempt, null);
        String id = ((SubmitResult.Accepted) node.submit(request, context, RateGate.OPEN))
                .job()
                .id();
        await().until(() -> node.job(id).orElseThrow().state() == NodeJobState.COMPLETED);
    }

    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }
}
