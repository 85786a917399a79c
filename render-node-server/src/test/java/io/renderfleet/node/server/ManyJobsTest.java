package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.renderfleet.engine.blender.BlenderEngine;
import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One node over HTTP with a real Blender, and what is left of each job when the next one comes. */
@DisplayName("Jobs one after another on one node")
class ManyJobsTest {
    private static final int WARM_UP = 5;
    private static final long MIB = 1024L * 1024;

    @TempDir
    Path folder;

    @Test
    @DisplayName("leave no process, open file, thread, heap or temporary file behind: 50 of them")
    @Timeout(300)
    void fifty() throws Exception {
        render(50);
    }

    @Test
    @Tag("soak")
    @DisplayName("leave no process, open file, thread, heap or temporary file behind: 1,000 of them")
    @Timeout(3_600)
    void thousand() throws Exception {
        render(1_000);
    }

    /**
     * What a node takes.
     *
     * @param processes that it has started
     * @param openFiles of its own, sockets among them
     * @param threads of its own
     * @param heap bytes that are in use after a collection
     * @param temporary folders of Blender sessions
     */
    private record Taken(long processes, long openFiles, int threads, long heap, long temporary) {}

    private void render(int jobs) throws Exception {
        Path scene = BlenderScene.save(folder);
        Path sessions = folder.resolve("sessions");
        BlenderEngine blender = BlenderEngine.builder()
                .blender(ExternalTool.BLENDER.require())
                .sessionRoot(sessions)
                .maxFrames(60)
                .build();
        try (TestNode node = TestNode.start(
                folder.resolve("out"),
                Duration.ZERO,
                builder -> builder.engine(blender).defaultScene(scene),
                http -> http.rateLimit(null))) {
            renderSome(node, WARM_UP);
            Taken before = taken(sessions);
            renderSome(node, jobs - WARM_UP);
            await().atMost(Duration.ofSeconds(30)).until(() -> taken(sessions).threads() <= before.threads() + 3);
            Taken after = taken(sessions);

            System.out.println(jobs + " jobs one after another: before " + before + ", after " + after);
            assertThat(after.processes()).as("processes").isLessThanOrEqualTo(before.processes());
            assertThat(after.openFiles()).as("open files").isLessThanOrEqualTo(before.openFiles() + 5);
            assertThat(after.heap()).as("heap").isLessThan(before.heap() + 16 * MIB);
            assertThat(after.temporary()).as("session folders").isLessThanOrEqualTo(1);
            assertThat(folder.resolve("out/.node/work")).isEmptyDirectory();
        }
        assertThat(sessions).isEmptyDirectory();
    }

    private static void renderSome(TestNode node, int jobs) throws Exception {
        for (int i = 0; i < jobs; i++) {
            var taken = node.post("{\"frames\":\"" + (i % 7) + "-" + (i % 7 + 1) + "\"," + BlenderScene.TINY + "}");
            assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
            assertThat(node.awaitEnd(TestNode.json(taken).get("id").asText()).body())
                    .contains("\"completed\"");
        }
    }

    private static Taken taken(Path sessions) throws IOException {
        System.gc();
        long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
        try (Stream<Path> folders = Files.list(sessions)) {
            return new Taken(
                    ProcessHandle.current().descendants().count(),
                    files,
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    heap,
                    folders.count());
        }
    }
}
