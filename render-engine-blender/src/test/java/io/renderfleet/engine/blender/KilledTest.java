package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.testkit.ExternalTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("long")
@DisplayName("When SIGKILL strikes")
class KilledTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private Path sessions;

    @BeforeEach
    void makeFolders() throws IOException {
        sessions = Files.createDirectory(folder.resolve("sessions"));
    }

    @Test
    @DisplayName("the node, its Blender ends by itself and clears what it had")
    void node() throws IOException, InterruptedException {
        Process node = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NodeProcess.class.getName(),
                        TestScenes.scene("plain").toString(),
                        folder.toString(),
                        sessions.toString(),
                        ExternalTool.BLENDER.require().toString())
                .redirectErrorStream(true)
                .start();
        awaitFrame(node);
        List<ProcessHandle> blender = node.descendants().toList();

        node.destroyForcibly().waitFor();

        assertThat(blender).isNotEmpty();
        Awaitility.await().atMost(PATIENCE).until(() -> blender.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(entries(sessions)).isEmpty();
    }

    /** Blender adds the frame's number to the name, with as many digits as it likes. */
    private static boolean isBeingSaved(Path rendering) throws IOException {
        try (Stream<Path> files = Files.list(rendering)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("main"));
        } catch (NoSuchFileException notYet) {
            return false;
        }
    }

    /** What Blender does when it is killed; that it waits is another test's. */
    enum Moment {
        LOAD,
        RENDER,
        SAVE
    }

    @ParameterizedTest(name = "in the middle of {0}")
    @EnumSource
    @DisplayName("Blender, the frame is rendered again and nothing half-written stays")
    void blender(Moment moment) {
        try (BlenderEngine engine = BlenderEngine.builder()
                .blender(ExternalTool.BLENDER.require())
                .sessionRoot(sessions)
                .build()) {
            RenderSettings settings = moment == Moment.SAVE
                    ? RenderSettings.builder()
                            .width(2_000)
                            .height(1_500)
                            .samples(1)
                            .build()
                    : RenderSettings.builder()
                            .width(600)
                            .height(600)
                            .samples(32)
                            .build();
            RenderTask task = new Tasks(folder).of(TestScenes.scene("plain"), "1-2", settings);
            Recording events = new Recording();
            engine.start(task, events);
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(3))
                    .atMost(PATIENCE)
                    .until(() -> switch (moment) {
                        case LOAD -> blenders().findAny().isPresent();
                        case RENDER ->
                            !events.all(EngineEvent.FrameStarted.class).isEmpty();
                        case SAVE -> isBeingSaved(task.outputFolder().resolve(".rendering-1"));
                    });

            blenders().forEach(ProcessHandle::destroyForcibly);

            assertThat(events.awaitEnd()).isNull();
            assertThat(events.saved()).containsExactly(1, 2);
            if (moment == Moment.RENDER) {
                assertThat(events.warnings()).anyMatch(text -> text.contains("Somebody killed Blender"));
            }
            assertThat(entries(task.outputFolder())).hasSize(2);
            assertThat(entries(sessions)).hasSize(1);
        }
        assertThat(entries(sessions)).isEmpty();
    }

    private static Stream<ProcessHandle> blenders() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").contains("blender"));
    }

    @Test
    @DisplayName("the node, a later one clears the session folders that are left")
    void leftovers() throws IOException, InterruptedException {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path left = Files.createDirectories(sessions.resolve("blender-" + gone.pid() + "-1/tmp/blender_abc"));
        Path alive = Files.createDirectory(
                sessions.resolve("blender-" + ProcessHandle.current().pid() + "-1"));
        Path foreign = Files.createDirectory(sessions.resolve("something"));

        SessionFolder.clearLeftovers(sessions);

        assertThat(left).doesNotExist();
        assertThat(entries(sessions)).containsExactlyInAnyOrder(alive, foreign);
    }

    private static void awaitFrame(Process node) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.startsWith("FrameStarted")) {
            line = output.readLine();
        }
        assertThat(line).as("the node began its frame").isNotNull();
    }

    private static List<Path> entries(Path parent) {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
