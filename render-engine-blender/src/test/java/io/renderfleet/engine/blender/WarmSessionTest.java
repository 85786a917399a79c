package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.local.SandboxMode;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.testkit.ExternalTool;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A warm session")
class WarmSessionTest {
    private static final RenderSettings NOISY =
            RenderSettings.builder().samples(3).width(64).height(48).seed(7).build();

    @TempDir
    Path folder;

    private final List<BlenderEngine> engines = new ArrayList<>();

    @AfterEach
    void close() {
        engines.forEach(BlenderEngine::close);
    }

    @Test
    @DisplayName(
            "serves the next batch of the same scene and settings without a restart, with the pixels of a cold start")
    void reuse() throws IOException {
        BlenderEngine engine = build(BlenderEngine.builder());
        Path scene = TestScenes.scene("plain");

        RenderTask first = render(engine, scene, "4-5", NOISY);
        List<Path> session = sessionFolders();
        RenderTask second = render(engine, scene, "6,3", NOISY);

        assertThat(session).hasSize(1);
        assertThat(sessionFolders()).isEqualTo(session);

        engine.close();
        BlenderEngine fresh = build(BlenderEngine.builder().sessionMode(SessionMode.PROCESS));
        RenderTask cold = render(fresh, scene, "3,4,6", NOISY);
        assertThat(sessionFolders()).isEmpty();
        assertThat(pixels(second, 3)).isEqualTo(pixels(cold, 3));
        assertThat(pixels(second, 6)).isEqualTo(pixels(cold, 6));
        assertThat(pixels(first, 4)).isEqualTo(pixels(cold, 4)).isNotEqualTo(pixels(cold, 3));
    }

    @Tag("long")
    @Test
    @DisplayName("gives way to another scene and to other settings")
    void otherWork() throws IOException {
        BlenderEngine engine = build(BlenderEngine.builder());

        render(engine, TestScenes.scene("plain"), "1", NOISY);
        List<Path> first = sessionFolders();
        render(engine, TestScenes.scene("texture"), "1", NOISY);
        List<Path> second = sessionFolders();
        render(engine, TestScenes.scene("texture"), "1", RenderSettings.SCENE_DEFAULTS);
        List<Path> third = sessionFolders();

        assertThat(Stream.of(first, second, third))
                .allSatisfy(each -> assertThat(each).hasSize(1));
        assertThat(second).isNotEqualTo(first);
        assertThat(third).isNotEqualTo(second);
    }

    @Tag("long")
    @Test
    @DisplayName("is not used for a scene that was saved anew, nor where a texture of it was")
    void changedFiles() throws IOException {
        // The texture stays where the scene was made.
        BlenderEngine engine = build(
                BlenderEngine.builder().sandbox(Sandbox.of(SandboxMode.AUTO).reading(List.of(TestScenes.folder()))));
        Path own = folder.resolve("changing");
        Files.createDirectory(own);
        Path scene = own.resolve("texture.blend");
        Path texture = TestScenes.scene("there").resolveSibling("there.png");
        Files.copy(TestScenes.scene("texture"), scene);

        render(engine, scene, "1", NOISY);
        List<Path> first = sessionFolders();
        Files.setLastModifiedTime(scene, FileTime.from(Instant.EPOCH));
        render(engine, scene, "1", NOISY);
        List<Path> second = sessionFolders();
        Path kept = folder.resolve("kept.png");
        Files.copy(texture, kept);
        Files.copy(kept, texture, StandardCopyOption.REPLACE_EXISTING);
        render(engine, scene, "1", NOISY);
        List<Path> third = sessionFolders();

        assertThat(second).isNotEqualTo(first);
        assertThat(third).isNotEqualTo(second);
    }

    @Test
    @DisplayName("ends when nobody needs it for a while")
    void idle() {
        BlenderEngine engine = build(BlenderEngine.builder().idleTimeout(Duration.ofMillis(300)));

        render(engine, TestScenes.scene("plain"), "1", NOISY);

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> sessionFolders().isEmpty());
        assertThat(ProcessHandle.current().descendants().filter(WarmSessionTest::isBlender))
                .isEmpty();
    }

    @Test
    @DisplayName("ends after a number of frames, also between two frames of a batch")
    void frames() {
        BlenderEngine engine = build(BlenderEngine.builder().maxFrames(2));
        Recording events = new Recording();

        RenderTask task = new Tasks(folder).of(TestScenes.scene("plain"), "1-5", NOISY);
        engine.start(task, events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(1, 2, 3, 4, 5);
        assertThat(loads(events)).isEqualTo(3);
    }

    @Tag("long")
    @Test
    @DisplayName("first gives up its geometry, then ends, when it passes the memory limit")
    void memory() {
        BlenderEngine engine = build(BlenderEngine.builder().memoryLimit(1));
        Recording events = new Recording();

        RenderTask task = new Tasks(folder).of(TestScenes.scene("plain"), "1-3", NOISY);
        engine.start(task, events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.all(EngineEvent.LogLine.class))
                .anyMatch(line -> line.text().contains("geometry is no longer kept"));
        assertThat(loads(events)).isEqualTo(2);
        assertThat(sessionFolders()).isEmpty();
    }

    @Tag("long")
    @Test
    @DisplayName("that was killed while it waited is replaced")
    void killedWhileIdle() {
        BlenderEngine engine = build(BlenderEngine.builder());
        render(engine, TestScenes.scene("plain"), "1", NOISY);

        ProcessHandle waiting = ProcessHandle.current()
                .descendants()
                .filter(WarmSessionTest::isBlender)
                .findFirst()
                .orElseThrow();
        waiting.destroyForcibly();
        waiting.onExit().join();

        render(engine, TestScenes.scene("plain"), "2", NOISY);
    }

    @Test
    @DisplayName("ends with the engine, which refuses work from then on")
    void engineCloses() {
        BlenderEngine engine = build(BlenderEngine.builder());
        Recording events = new Recording();
        engine.start(
                new Tasks(folder)
                        .of(
                                TestScenes.scene("plain"),
                                "1-9",
                                RenderSettings.builder()
                                        .width(4_000)
                                        .samples(4_096)
                                        .build()),
                events);
        events.await(EngineEvent.FrameStarted.class);

        engine.close();

        assertThat(events.awaitFailure().kind()).isEqualTo(FailureKind.NODE_DRAINED);
        assertThat(sessionFolders()).isEmpty();
        Recording late = new Recording();
        engine.start(new Tasks(folder).of(TestScenes.scene("plain"), "1"), late);
        assertThat(late.awaitFailure().kind()).isEqualTo(FailureKind.NODE_DRAINED);
    }

    private BlenderEngine build(BlenderEngine.Builder builder) {
        BlenderEngine engine = builder.blender(ExternalTool.BLENDER.require())
                .sessionRoot(folder.resolve("sessions"))
                .build();
        engines.add(engine);
        return engine;
    }

    private RenderTask render(BlenderEngine engine, Path scene, String frames, RenderSettings settings) {
        RenderTask task = new Tasks(folder).of(scene, frames, settings);
        Recording events = new Recording();
        engine.start(task, events);
        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).hasSize(task.frames().size());
        return task;
    }

    private static long loads(Recording events) {
        return events.all(EngineEvent.LogLine.class).stream()
                .filter(line -> line.text().startsWith("Scene loaded"))
                .count();
    }

    private static boolean isBlender(ProcessHandle process) {
        return process.info().command().orElse("").contains("blender");
    }

    private List<Path> sessionFolders() {
        try (Stream<Path> entries = Files.list(folder.resolve("sessions"))) {
            return entries.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int[] pixels(RenderTask task, int frame) throws IOException {
        BufferedImage image = ImageIO.read(
                task.outputFolder().resolve(task.output().path(frame) + ".png").toFile());
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
}
