package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.local.SandboxMode;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.testkit.ExternalTool;
import java.awt.Color;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of scenes that mean harm: {@code make_hostile_scenes.py} makes them. */
@DisplayName("A scene that means harm")
class HostileSceneTest {
    private static final String SLEEP = "293";
    private static Path made;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeScenes() throws Exception {
        made = TestScenes.make("make_hostile_scenes.py");
        Path scenes = made.resolve("scenes");
        Files.createDirectory(scenes.resolve("folder.png"));
        Files.createSymbolicLink(scenes.resolve("link.png"), made.resolve("elsewhere/frame.png"));
        assertThat(new ProcessBuilder("mkfifo", scenes.resolve("pipe.png").toString())
                        .start()
                        .waitFor())
                .isZero();
    }

    private static Path scene(String name) {
        return made.resolve("scenes").resolve(name + ".blend");
    }

    private static Sandbox sandbox(SandboxMode mode) {
        Sandbox sandbox = Sandbox.of(mode);
        assumeTrue(mode == SandboxMode.OFF || sandbox.isOn(), sandbox.reason());
        return sandbox;
    }

    private BlenderEngine engine(Sandbox sandbox, boolean trust) {
        return BlenderEngine.builder()
                .blender(ExternalTool.BLENDER.require())
                .sessionRoot(folder.resolve("state/sessions"))
                .trustScripts(trust)
                .sandbox(sandbox)
                .build();
    }

    private Recording render(SandboxMode mode, RenderTask task) {
        Recording events = new Recording();
        try (BlenderEngine engine = engine(sandbox(mode), false)) {
            engine.start(task, events);
            events.awaitEnd();
        }
        return events;
    }

    private Tasks tasks() {
        return new Tasks(folder);
    }

    @ParameterizedTest(name = "{0}, sandbox {1}")
    @CsvSource({"style, AUTO", "style, OFF", "style_of_layer, AUTO", "style_of_layer, OFF"})
    @DisplayName("by a Freestyle script is refused before its first frame")
    void style(String name, SandboxMode mode) {
        Failure failure = render(mode, tasks().of(scene(name), "1")).awaitFailure();

        assertThat(failure.kind()).isEqualTo(FailureKind.SCRIPTS_BLOCKED);
        assertThat(failure.message()).contains("style.py");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"group", "strip", "fluid", "external", "cache_named"})
    @DisplayName("by paths that Blender writes to is rendered, and writes nothing elsewhere")
    void writes(String name) throws IOException {
        writesNothingElsewhere(name, SandboxMode.OFF);
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"group", "strip", "fluid", "external", "cache_named"})
    @DisplayName("by paths that Blender writes to is rendered in the sandbox, and writes nothing elsewhere")
    void writesInSandbox(String name) throws IOException {
        writesNothingElsewhere(name, SandboxMode.AUTO);
    }

    private void writesNothingElsewhere(String name, SandboxMode mode) throws IOException {
        Set<String> before = everythingElsewhere();

        Recording events = render(mode, tasks().of(scene(name), "1-3"));

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(1, 2, 3);
        assertThat(everythingElsewhere()).isEqualTo(before);
    }

    private static Set<String> everythingElsewhere() throws IOException {
        try (Stream<Path> all = Files.walk(made)) {
            return new TreeSet<>(all.map(Path::toString).toList());
        }
    }

    @Test
    @DisplayName("by a File Output node in a group with the name of the tree gives a side file of its frame")
    void sideFile() {
        RenderTask task = tasks().of(scene("group"), "1");

        Recording events = render(SandboxMode.AUTO, task);

        assertThat(events.all(EngineEvent.FrameSaved.class).get(0).files())
                .hasSize(2)
                .allMatch(file -> file.startsWith(task.outputFolder()) && Files.isRegularFile(file));
    }

    @Test
    @DisplayName("by a File Output node of a scene in a strip bears a warning that names the node")
    void stripWarning() {
        assertThat(render(SandboxMode.OFF, tasks().of(scene("strip"), "1")).warnings())
                .anyMatch(text -> text.contains("File Output"));
    }

    @ParameterizedTest(name = "{0}, sandbox {1}")
    @CsvSource({
        "frame, AUTO, lies outside",
        "absent, OFF, lies outside",
        "above, AUTO, lies outside",
        "link, OFF, lies outside",
        "endless, AUTO, lies outside",
        "film, OFF, lies outside",
        "library, OFF, lies outside",
        "pipe, OFF, is a pipe",
        "folder, AUTO, is a folder"
    })
    @DisplayName("by a path to what is not its own is refused by name, whether it is there or not")
    void reads(String name, SandboxMode mode, String why) {
        isRefused(name, mode, why);
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}, sandbox {1}")
    @CsvSource({
        "frame, OFF, lies outside",
        "absent, AUTO, lies outside",
        "above, OFF, lies outside",
        "link, AUTO, lies outside",
        "endless, OFF, lies outside",
        "film, AUTO, lies outside",
        "pipe, AUTO, is a pipe",
        "folder, OFF, is a folder"
    })
    @DisplayName("by a path to what is not its own is refused by name in the other mode too")
    void readsOtherwise(String name, SandboxMode mode, String why) {
        isRefused(name, mode, why);
    }

    private void isRefused(String name, SandboxMode mode, String why) {
        Failure failure = render(mode, tasks().of(scene(name), "1")).awaitFailure();

        assertThat(failure.kind()).isEqualTo(FailureKind.MISSING_FILES);
        assertThat(failure.message()).contains(why);
    }

    @Test
    @DisplayName("by a library of somebody else does not see it in the sandbox")
    void library() {
        Failure failure =
                render(SandboxMode.AUTO, tasks().of(scene("library"), "1")).awaitFailure();

        assertThat(failure.kind()).isEqualTo(FailureKind.MISSING_FILES);
        assertThat(failure.message()).contains("library");
    }

    @Test
    @DisplayName("by a device is refused by name where devices may be read")
    void device() {
        Recording events = new Recording();
        try (BlenderEngine engine = engine(Sandbox.off("For this test.").reading(List.of(Path.of("/dev"))), false)) {
            engine.start(tasks().of(scene("endless"), "1"), events);

            assertThat(events.awaitFailure().message()).contains("/dev/zero is a device, not a file");
        }
    }

    @ParameterizedTest(name = "sandbox {0}")
    @EnumSource(names = {"AUTO", "OFF"})
    @DisplayName("by another job's frame does not get it where a request renders without missing files")
    void withoutMissing(SandboxMode mode) throws IOException {
        ScenePolicy policy = new ScenePolicy(Simulation.AUTO, MissingFiles.WARN, Set.of());
        RenderTask task = tasks().of(scene("frame"), "1", RenderSettings.SCENE_DEFAULTS, "shot_####", policy);

        Recording events = render(mode, task);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.warnings()).anyMatch(text -> text.contains("lies outside"));
        Color seen = new Color(
                ImageIO.read(task.outputFolder().resolve("shot_0001.png").toFile())
                        .getRGB(16, 12));
        assertThat(seen.getBlue())
                .as("missing pictures are magenta, the other frame is red")
                .isGreaterThan(200);
    }

    @Test
    @DisplayName("and one that means none read what the operator lists, but not what is hidden there")
    void listed() {
        Sandbox listed = sandbox(SandboxMode.AUTO).reading(List.of(made));
        Recording seen = new Recording();
        Recording hidden = new Recording();
        try (BlenderEngine engine = engine(listed, false);
                BlenderEngine other = engine(listed.hiding(List.of(made.resolve("elsewhere"))), false)) {
            engine.start(tasks().of(scene("frame"), "1"), seen);
            other.start(tasks().of(scene("frame"), "1"), hidden);

            assertThat(seen.awaitEnd()).isNull();
            assertThat(hidden.awaitFailure().message()).contains("lies outside");
        }
    }

    @Test
    @DisplayName(
            "whose scripts are trusted reads no token, reaches no network, changes no stored scene and leaves no process")
    void trusted() throws Exception {
        Path store = folder.resolve("state/scenes");
        Path own = stored(store.resolve("a".repeat(64)), scene("style"));
        Path victim = stored(store.resolve("b".repeat(64)), made.resolve("elsewhere/other.blend"));
        long before = Files.size(victim);
        long ownBefore = Files.size(own);
        Path token = Files.writeString(folder.resolve("state/token"), "a-secret-token");
        Path output = Files.writeString(made.resolve("elsewhere/output"), "frame");
        String mark = "mark-" + ProcessHandle.current().pid();
        Recording events = new Recording();
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(200);
            Files.write(
                    own.resolveSibling("targets"),
                    List.of(
                            "token=" + token,
                            "node=" + ProcessHandle.current().pid(),
                            "port=" + server.getLocalPort(),
                            "stored=" + victim,
                            "own=" + own,
                            "output=" + output,
                            "mark=" + mark,
                            "sleep=" + SLEEP));
            try (BlenderEngine engine =
                    engine(sandbox(SandboxMode.AUTO).hiding(List.of(folder.resolve("state"))), true)) {
                engine.start(tasks().of(own, "1"), events);
                assertThat(events.awaitEnd()).isNull();
            }
            Assertions.assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }

        List<String> harm = events.all(EngineEvent.LogLine.class).stream()
                .map(EngineEvent.LogLine::text)
                .filter(line -> line.startsWith("HARM"))
                .distinct()
                .toList();
        assertThat(harm).anyMatch(line -> line.startsWith("HARM token"));
        assertThat(harm.stream().filter(line -> line.contains("DONE")).toList())
                .as("only its own temporary folder takes something")
                .allMatch(line -> line.startsWith("HARM temporary"));
        assertThat(victim).hasSize(before);
        assertThat(own).hasSize(ownBefore);
        assertThat(output).hasContent("frame");
        assertThat(Path.of("/tmp", mark)).doesNotExist();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> ProcessHandle.allProcesses()
                        .noneMatch(process ->
                                process.info().commandLine().orElse("").endsWith("sleep " + SLEEP)));
    }

    private static Path stored(Path place, Path scene) throws IOException {
        return Files.copy(scene, Files.createDirectories(place).resolve("scene.blend"));
    }

    @Test
    @DisplayName("by a path that no frame takes is rendered, and the path is not read")
    void unused() {
        assertThat(render(SandboxMode.OFF, tasks().of(scene("text"), "1")).awaitEnd())
                .isNull();
    }
}
