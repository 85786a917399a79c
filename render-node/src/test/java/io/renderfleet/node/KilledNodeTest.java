package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.verify.OutputVerifier;
import io.renderfleet.node.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A node that is killed with SIGKILL")
@Timeout(120)
class KilledNodeTest {
    private static final int FRAMES = 2_000;

    @TempDir
    Path root;

    @ParameterizedTest(name = "after {0} frames")
    @ValueSource(ints = {1, 7, 30})
    @DisplayName("knows afterwards what it had finished, and leaves nothing half-written under a final name")
    void keepsWhatWasFinished(int enough) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Node.class.getName(),
                        root.toString())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("node.log").toFile())
                .start();
        Path ids = root.resolve("ids");
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(ids) || !process.isAlive());
            String direct = Files.readAllLines(ids).get(0);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> pictures(root.resolve("out").resolve(direct)).size() >= enough);
        } finally {
            process.destroyForcibly().waitFor();
        }

        try (RenderNode node = RenderNode.builder()
                .engine(new TestPatternEngine())
                .outputRoot(root.resolve("out"))
                .build()) {
            for (String id : Files.readAllLines(ids)) {
                assertIsSound(node, id);
            }
            Path published = root.resolve("out").resolve(Files.readAllLines(ids).get(0));
            for (Path picture : pictures(published)) {
                assertThat(new OutputVerifier().verify(published, picture)).isInstanceOf(Verification.Whole.class);
            }
            assertThat(published.resolve(".attempts")).doesNotExist();
            assertThat(root.resolve("out/.node/work")).isEmptyDirectory();
        }
    }

    private static void assertIsSound(RenderNode node, String id) throws IOException {
        NodeJobView job = node.job(id).orElseThrow();
        assertThat(job.state()).isEqualTo(NodeJobState.FAILED);
        assertThat(job.failure()).isNotNull();
        assertThat(job.failure().kind()).isEqualTo(FailureKind.NODE_RESTARTED);
        assertThat(job.failure().retryElsewhere()).isTrue();
        List<FrameOutput> frames = node.frames(id).orElseThrow();
        assertThat(frames).hasSize(job.finished().size());
        for (FrameOutput frame : frames) {
            OutputFile file = frame.main();
            Path path = node.file(id, frame.frame(), null).orElseThrow();
            assertThat(Sha256.of(path)).isEqualTo(file.sha256());
        }
    }

    private static List<Path> pictures(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".png")).toList();
        }
    }

    /** A process that renders two jobs, one asked for directly and one of a coordinator, until it is killed. */
    static final class Node {
        private Node() {}

        public static void main(String[] args) throws Exception {
            Path root = Path.of(args[0]);
            RenderNode node = RenderNode.builder()
                    .engine(new TestPatternEngine(Duration.ofMillis(5)))
                    .outputRoot(root.resolve("out"))
                    .slots(2)
                    .build();
            NodeJobRequest request = NodeJobRequest.of(FrameSet.range(1, FRAMES));
            SubmitContext ofCoordinator = new SubmitContext("f/1/1", AttemptId.parse("f/1/1"), null);
            var direct = (SubmitResult.Accepted) node.submit(request, SubmitContext.DIRECT, RateGate.OPEN);
            var other = (SubmitResult.Accepted) node.submit(request, ofCoordinator, RateGate.OPEN);
            Path ids = Files.writeString(
                    root.resolve("ids.new"),
                    direct.job().id() + "\n" + other.job().id() + "\n");
            Files.move(ids, root.resolve("ids"));
            new CountDownLatch(1).await();
        }
    }
}
