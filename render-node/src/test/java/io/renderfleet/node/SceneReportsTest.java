package io.renderfleet.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.model.BakedScene;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.SceneReport;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.spi.EngineEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a node finds in a scene")
class SceneReportsTest extends NodeScenario {
    private static final FrameRate RATE = new FrameRate(30_000, 1001);
    private static final UnbakedSimulation CLOTH = new UnbakedSimulation(1, 250, 0.05);
    private static final String CONTENT = "a zip, for all that the node knows";

    @Test
    @DisplayName("is told once it is loaded, and again when more is known")
    void loaded() {
        NodeJobView job = coordinators("1");
        assertThat(job.scene()).isNull();
        CompletableFuture<NodeJobView> news = new CompletableFuture<>();
        node.onChange(job.id(), job.version(), false, news::complete);

        engine.last().tell(new EngineEvent.SceneLoaded(RATE, new UnbakedSimulation(1, 250, null)));

        assertThat(news)
                .succeedsWithin(Duration.ofSeconds(10))
                .extracting(NodeJobView::scene)
                .isEqualTo(new SceneReport(RATE, new UnbakedSimulation(1, 250, null), null));
        engine.last().tell(new EngineEvent.SceneLoaded(RATE, CLOTH));
        await().until(() ->
                new SceneReport(RATE, CLOTH, null).equals(view(job.id()).scene()));
        long version = view(job.id()).version();
        engine.last().tell(new EngineEvent.SceneLoaded(RATE, CLOTH));
        engine.last().render(1, SECOND);
        engine.last().end();
        assertThat(awaitEnd(job.id()).version())
                .as("begun, finished, and ended, but nothing new of the scene")
                .isEqualTo(version + 3);
    }

    @Test
    @DisplayName("holds the baked scene, which is moved, hashed, and no frame")
    void baked() throws Exception {
        NodeJobView job = coordinators("1");
        engine.last().tell(new EngineEvent.SceneLoaded(RATE, CLOTH));

        Path zip = bake("shot.zip", CONTENT, "files/shot.blend");

        await().until(() -> node.baked(job.id()).isPresent());
        Path moved = node.baked(job.id()).orElseThrow();
        assertThat(zip).doesNotExist();
        assertThat(moved).hasContent(CONTENT).startsWith(root.toRealPath());
        SceneReport expected = new SceneReport(
                RATE, CLOTH, new BakedScene(Sha256.of(moved), CONTENT.length(), "files/shot.blend", engine.info()));
        assertThat(view(job.id()).scene()).isEqualTo(expected);
        engine.last().tell(new EngineEvent.SceneLoaded(RATE, CLOTH));
        bake("again.zip", "another zip", "shot.blend");
        engine.last().render(1, SECOND);
        engine.last().end();
        assertThat(awaitEnd(job.id()).scene())
                .as("the first one, which somebody may be fetching")
                .isEqualTo(expected);
        assertThat(node.frames(job.id()).orElseThrow()).hasSize(1);
        assertThat(moved).hasContent(CONTENT);
    }

    @Test
    @DisplayName("is known after a restart, and goes with the job")
    void restarts() throws Exception {
        NodeJobView running = coordinators("1-2");
        engine.last().tell(new EngineEvent.SceneLoaded(RATE, null));
        bake("shot.zip", CONTENT, "shot.blend");
        await().until(() -> node.baked(running.id()).isPresent());
        SceneReport before = view(running.id()).scene();
        Path zip = node.baked(running.id()).orElseThrow();

        restart(builder());

        assertThat(view(running.id()).scene()).isEqualTo(before);
        assertThat(node.baked(running.id())).contains(zip);
        time.advance(Duration.ofDays(30));
        assertThat(node.job(running.id())).isEmpty();
        assertThat(zip).doesNotExist();
        assertThat(node.baked(running.id())).isEmpty();
    }

    @Test
    @DisplayName("leaves no zip among the frames of a job that came from no coordinator")
    void direct() throws Exception {
        NodeJobView job = submit("1");
        engine.last().tell(new EngineEvent.SceneLoaded(RATE, CLOTH));
        bake("shot.zip", CONTENT, "shot.blend");
        await().until(() -> node.baked(job.id()).isPresent());
        engine.last().render(1, SECOND);
        engine.last().end();

        assertThat(awaitEnd(job.id()).scene()).isEqualTo(new SceneReport(RATE, CLOTH, null));
        assertThat(node.baked(job.id())).isEmpty();
        try (Stream<Path> files = Files.walk(root.resolve(job.id()))) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("blender-render_0001.txt", "manifest.tsv");
        }
        restart(builder());
        assertThat(view(job.id()).scene()).isEqualTo(new SceneReport(RATE, CLOTH, null));
    }

    @Test
    @DisplayName(
            "holds no zip that lies elsewhere, is empty, or names a scene outside of it; its frames come all the same")
    void unfit() throws Exception {
        NodeJobView job = coordinators("1");
        Path elsewhere = Files.writeString(root.resolve("precious.zip"), CONTENT);
        engine.last().tell(new EngineEvent.SceneBaked(elsewhere, "shot.blend"));
        engine.last()
                .tell(new EngineEvent.SceneBaked(engine.last().task.workFolder().resolve("none"), "shot.blend"));
        bake("empty.zip", "", "shot.blend");
        bake("outside.zip", CONTENT, "../shot.blend");
        engine.last().render(1, SECOND);
        engine.last().end();

        assertThat(awaitEnd(job.id()).state()).isEqualTo(NodeJobState.COMPLETED);
        assertThat(view(job.id()).scene()).isNull();
        assertThat(node.baked(job.id())).isEmpty();
        assertThat(elsewhere).hasContent(CONTENT);
        assertThat(engine.last().task.outputFolder().resolve(".baked.zip")).doesNotExist();
        assertThat(node.log(job.id()).orElseThrow())
                .content()
                .containsSubsequence("no file below", "no file below", "it is never empty", "stays below its root");
    }

    @Test
    @DisplayName("is never written over by a frame's file")
    void noFrame() throws Exception {
        NodeJobView job = coordinators("1");
        Path file = Files.writeString(engine.last().task.outputFolder().resolve(".Baked.ZIP"), "a frame");
        engine.last().begin(1);
        engine.last().tell(new EngineEvent.FrameSaved(1, List.of(file), SECOND));
        engine.last().end();

        assertThat(Objects.requireNonNull(awaitEnd(job.id()).failure()).message())
                .isEqualTo("Frame 1: its file must not be called .Baked.ZIP.");
    }

    private NodeJobView coordinators(String frames) {
        return accepted(submit(named(frames, "shot", null), "k", "f-1/1/1"));
    }

    private Path bake(String name, String content, String entry) throws IOException {
        Path zip = Files.writeString(engine.last().task.workFolder().resolve(name), content);
        engine.last().tell(new EngineEvent.SceneBaked(zip, entry));
        return zip;
    }
}
