package io.renderfleet.node.inproc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FarmNode.State;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.Progress;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.PollPolicy;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A farm in one JVM")
@Timeout(60)
class FarmInOneJvmTest {
    private static final RenderSettings TINY =
            RenderSettings.builder().width(64).height(36).build();

    private static final PollPolicy QUICK_TO_GIVE_UP = new PollPolicy(
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofMinutes(5),
            Duration.ofSeconds(25),
            Duration.ofSeconds(1),
            0.1);

    @TempDir
    Path folder;

    private final InProcessTransport transport = new InProcessTransport();
    private final List<RenderNode> nodes = new CopyOnWriteArrayList<>();
    private RenderExecutor farm;

    @BeforeEach
    void startThreeNodes() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            RenderNode node = RenderNode.builder()
                    .engine(new TestPatternEngine(Duration.ofMillis(5)))
                    .outputRoot(folder.resolve(name))
                    .build();
            nodes.add(node);
            transport.add(name, node);
        }
        farm = RenderExecutor.builder()
                .renderer("test-pattern")
                .transport(transport)
                .nodes("inproc:a", "inproc:b", "inproc:c")
                .outputRoot(folder.resolve("out"))
                .polls(QUICK_TO_GIVE_UP)
                .build();
    }

    @AfterEach
    void stop() {
        farm.close();
        nodes.forEach(RenderNode::close);
    }

    @Test
    @DisplayName("renders twenty frames, fetches and publishes every one, and says so")
    void rendersTwentyFrames() throws Exception {
        List<Progress> heard = new CopyOnWriteArrayList<>();
        RenderHandle job = farm.submit(RenderRequest.of(Scene.nodeDefault(), "1-20")
                .outputFolder(folder.resolve("frames"))
                .outputPattern("shot_####")
                .settings(TINY));
        job.onProgress(heard::add);

        RenderResult result = job.completion().get(50, TimeUnit.SECONDS).orThrow();

        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
        assertThat(result.files()).hasSize(20).allSatisfy(file -> {
            assertThat(file.getParent()).isEqualTo(folder.resolve("frames").toRealPath());
            assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(64);
        });
        assertThat(result.files().get(6)).hasFileName("shot_0007.png");
        assertThat(farm.published(job.id(), "shot_0007.png")).isRegularFile();
        Awaitility.await()
                .untilAsserted(() -> assertThat(heard)
                        .last()
                        .satisfies(progress -> assertThat(progress.done()).isEqualTo(20)));
        assertThat(job.snapshot().batches())
                .hasSize(4)
                .allSatisfy(batch -> assertThat(batch.frames().size()).isEqualTo(5));
        assertThat(folder.resolve("frames/.renderfleet")).doesNotExist();
    }

    @Test
    @DisplayName(
            "says of a splitter that throws what it threw, and of one that gives nothing that it must give something")
    void splitterAtFault() throws Exception {
        assertThat(failureWith(context -> {
                    throw new IllegalStateException("no luck");
                }))
                .isEqualTo("The batch splitter threw java.lang.IllegalStateException: no luck.");
        assertThat(failureWith(context -> FrameSet.empty())).startsWith("The batch splitter gave no frames");
    }

    private String failureWith(BatchSplitter splitter) throws Exception {
        try (RenderExecutor other = RenderExecutor.builder()
                .renderer("test-pattern")
                .transport(new InProcessTransport().add("a", nodes.get(0)))
                .nodes("inproc:a")
                .outputRoot(folder.resolve("other"))
                .splitter(splitter)
                .build()) {
            RenderResult result = other.submit(RenderRequest.of(Scene.nodeDefault(), "1-3"))
                    .completion()
                    .get(50, TimeUnit.SECONDS);
            return Objects.requireNonNull(result.failure()).message();
        }
    }

    @Test
    @DisplayName("names the scene or folder that a request is refused for")
    void namesWhatIsWrong() throws IOException {
        RenderRequest noScene = RenderRequest.of(Scene.local(folder.resolve("nowhere.blend")), "1");
        RenderRequest noFolder =
                RenderRequest.of(Scene.nodeDefault(), "1").outputFolder(Files.writeString(folder.resolve("file"), ""));

        assertThatThrownBy(() -> farm.submit(noScene))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("the scene " + folder.resolve("nowhere.blend") + " is no file that can be read");
        assertThatThrownBy(() -> farm.submit(noFolder))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("the output folder " + folder.resolve("file") + " cannot be made");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:3001", "10.0.0.7:3001", "node-1", "http://node 1:3001", ""})
    @DisplayName("refuses what is no address of a node, and shows one")
    void refusesAddresses(String address) {
        assertThatThrownBy(() -> RenderExecutor.builder().nodes(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("node '" + address + "' is no absolute address: write it like http://localhost:3000");
    }

    @Test
    @DisplayName("renders again into the same folder, replacing what an earlier job left")
    void rendersTwiceIntoOneFolder() throws Exception {
        RenderRequest request = RenderRequest.of(Scene.nodeDefault(), "1-3")
                .outputFolder(folder.resolve("frames"))
                .settings(TINY);
        farm.submit(request).completion().get().orThrow();
        RenderResult again = farm.submit(request).completion().get();
        assertThat(again.isComplete()).isTrue();
    }

    @Test
    @DisplayName("begins a job after another one, and frames after the same frames of another one")
    void waitsForOthers() throws Exception {
        RenderHandle first = farm.submit(
                RenderRequest.of(Scene.nodeDefault(), "1-12").settings(TINY).maxRunning(1));
        RenderHandle frameByFrame = farm.submit(
                RenderRequest.of(Scene.nodeDefault(), "5-16").settings(TINY).afterFrames(Set.of(first.id())));
        RenderHandle afterAll = farm.submit(RenderRequest.of(Scene.nodeDefault(), "1-2")
                .settings(TINY)
                .after(Set.of(first.id(), frameByFrame.id())));

        RenderResult last = afterAll.completion().get(50, TimeUnit.SECONDS).orThrow();

        assertThat(last.frames()).hasSize(2);
        assertThat(first.snapshot().state()).isEqualTo(JobState.COMPLETED);
        assertThat(frameByFrame.snapshot().accepted()).hasToString("5-16");
    }

    @Test
    @DisplayName("ends a job whose predecessor was cancelled, and says why")
    void failsWithItsPredecessor() throws Exception {
        RenderHandle first =
                farm.submit(RenderRequest.of(Scene.nodeDefault(), "1-5000").settings(TINY));
        RenderHandle second = farm.submit(
                RenderRequest.of(Scene.nodeDefault(), "1-2").settings(TINY).after(Set.of(first.id())));
        first.cancel();
        RenderResult result = second.completion().get(50, TimeUnit.SECONDS);
        assertThat(result.state()).isEqualTo(JobState.FAILED);
        assertThat(result.failure())
                .isNotNull()
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.DEPENDENCY_FAILED));
    }

    @Test
    @DisplayName("pauses a job, resumes it, and retries what was cancelled")
    void pausesResumesAndRetries() throws Exception {
        RenderHandle job = farm.submit(
                RenderRequest.of(Scene.nodeDefault(), "1-40").settings(TINY).batchSize(2));
        job.pause();
        Awaitility.await().until(() -> farm.nodes().list().stream().allMatch(node -> node.busy() == 0));
        assertThat(job.snapshot().state()).isEqualTo(JobState.PAUSED);
        int paused = job.snapshot().accepted().size();
        job.resume();
        Awaitility.await().until(() -> job.snapshot().accepted().size() > paused);
        job.cancel();
        assertThat(job.completion().get(50, TimeUnit.SECONDS).state()).isEqualTo(JobState.CANCELLED);
        assertThat(job.retry()).isTrue();
        assertThat(job.completion().get(50, TimeUnit.SECONDS).orThrow().frames())
                .hasSize(40);
    }

    @Test
    @DisplayName("cancels a job and completes its handle")
    void cancels() throws Exception {
        RenderHandle job = farm.submit(
                RenderRequest.of(Scene.nodeDefault(), "1-2000").settings(TINY).batchSize(100));
        Awaitility.await().until(() -> !job.snapshot().accepted().isEmpty());
        job.cancel();
        assertThat(job.completion().get(20, TimeUnit.SECONDS).state()).isEqualTo(JobState.CANCELLED);
        Awaitility.await()
                .untilAsserted(() -> assertThat(farm.nodes().list()).allSatisfy(node -> {
                    assertThat(node.busy()).isZero();
                    assertThat(node.state()).isEqualTo(State.UP);
                }));
    }

    @Test
    @DisplayName("loses a node in the middle and renders its frames elsewhere")
    void losesANode() throws Exception {
        RenderHandle job = farm.submit(
                RenderRequest.of(Scene.nodeDefault(), "1-60").settings(TINY).batchSize(5));
        Awaitility.await().until(() -> job.snapshot().accepted().size() > 3);
        transport.remove("a");
        nodes.get(0).close();
        RenderResult result = job.completion().get(50, TimeUnit.SECONDS);
        assertThat(result.isComplete()).isTrue();
        assertThat(result.frames()).hasSize(60);
    }
}
