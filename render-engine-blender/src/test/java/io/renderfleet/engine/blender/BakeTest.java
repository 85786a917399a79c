package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.local.SandboxMode;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A scene whose simulations are to be baked for all nodes")
class BakeTest {
    private static final RenderSettings SEEDED =
            RenderSettings.builder().seed(7).build();

    @TempDir
    Path folder;

    private final List<BlenderEngine> engines = new ArrayList<>();
    private int sent;

    @AfterEach
    void close() {
        engines.forEach(BlenderEngine::close);
    }

    @Test
    @DisplayName("is rendered as if it had been baked first, here and from the package on another node")
    void cloth() throws IOException {
        Path package1 = sent("shots/simulated.blend", "textures/there.png");
        Path scene = place("simulated", package1.resolve("shots/simulated.blend"));
        Files.copy(TestScenes.folder().resolve("there.png"), package1.resolve("textures/there.png"));
        Map<Path, String> before = state(package1);
        RenderTask expected = render("simulated-baked", "2,9,12");
        Recording events = new Recording();

        RenderTask here = render(build(), scene, "9,2", Simulation.BAKE, events);

        Pixels.assertSame(here, expected, 9, 2);
        assertThat(events.all(EngineEvent.SceneLoaded.class))
                .containsExactly(
                        new EngineEvent.SceneLoaded(new FrameRate(30_000, 1001), new UnbakedSimulation(1, 9, null)));
        assertThat(events.warnings()).singleElement().asString().contains("Cloth 'Flag'", "baked it for all");
        assertThat(state(package1)).isEqualTo(before);
        EngineEvent.SceneBaked baked = only(events);
        assertThat(baked.entry()).isEqualTo("shots/simulated.blend");
        assertThat(baked.zip()).startsWith(here.workFolder());
        Path package2 = unzip(baked.zip());
        assertThat(package2.resolve("textures/there.png"))
                .hasSameBinaryContentAs(package1.resolve("textures/there.png"));
        assertThat(Files.readString(package2.resolve(baked.entry()), StandardCharsets.ISO_8859_1)
                        .contains(folder.toString()))
                .as("the scene tells of the node's folders")
                .isFalse();
        RenderTask there = render(build(), package2.resolve(baked.entry()), "2,12", Simulation.REFUSE, new Recording());
        Pixels.assertSame(there, expected, 2, 12);
    }

    @Tag("long")
    @Test
    @DisplayName("brings the files of a fluid along")
    void fluid() throws IOException {
        Path scene = place("fluid", sent().resolve("fluid.blend"));
        RenderTask expected = render("fluid-baked", "1,5");
        Recording events = new Recording();

        RenderTask here = render(build(), scene, "5", Simulation.BAKE, events);
        Path other = unzip(only(events).zip()).resolve("fluid.blend");
        RenderTask there = render(build(), other, "1,5", Simulation.REFUSE, new Recording());

        Pixels.assertSame(here, expected, 5);
        Pixels.assertSame(there, expected, 1, 5);
        assertThat(other.resolveSibling("renderfleet-bake")).isDirectory();
    }

    @Tag("long")
    @Test
    @DisplayName("is stepped through where what was baked is not saved with it")
    void library() throws IOException {
        Path scene = place("simulated-linked", sent().resolve("linked.blend"));
        place("simulated", scene.resolveSibling("simulated.blend"));
        Recording events = new Recording();
        RenderTask expected = render("simulated-baked-linked", "8");

        RenderTask here = render(build(), scene, "8", Simulation.BAKE, events);

        Pixels.assertSame(here, expected, 8);
        assertThat(events.all(EngineEvent.SceneBaked.class)).isEmpty();
        assertThat(events.warnings())
                .anySatisfy(warning -> assertThat(warning).contains("Cloth 'Flag' is of a library"))
                .anySatisfy(warning -> assertThat(warning).contains("each session steps through the frames from 1 on"));
    }

    @Tag("long")
    @Test
    @DisplayName("is stepped through where the disk takes no bake")
    void unwritable() throws IOException {
        Path scene = place("simulated", sent().resolve("simulated.blend"));
        RenderTask expected = render("simulated-baked", "8");
        Recording events = new Recording();
        RenderTask task = task(scene, "8", Simulation.BAKE);
        Files.createFile(task.workFolder().resolve("baked"));

        build().start(task, events);

        assertThat(events.awaitEnd()).isNull();
        Pixels.assertSame(task, expected, 8);
        assertThat(events.warnings()).anySatisfy(warning -> assertThat(warning).contains("could not be written"));
        assertThat(events.all(EngineEvent.SceneBaked.class)).isEmpty();
    }

    @Test
    @DisplayName("is stepped through where it was named, since what lies beside it is the node's own")
    void named() throws IOException {
        Recording events = new Recording();

        render(build(), TestScenes.scene("simulated"), "3", Simulation.BAKE, events);

        assertThat(events.all(EngineEvent.SceneBaked.class)).isEmpty();
        assertThat(events.warnings()).anySatisfy(warning -> assertThat(warning).contains("only a scene that was sent"));
    }

    @Tag("long")
    @Test
    @DisplayName("is rendered as it is where all is baked")
    void baked() throws IOException {
        Path scene = place("simulated-baked", sent().resolve("simulated.blend"));
        Recording events = new Recording();

        render(build(), scene, "3", Simulation.BAKE, events);

        assertThat(events.all(EngineEvent.SceneBaked.class)).isEmpty();
        assertThat(events.warnings()).isEmpty();
        assertThat(events.all(EngineEvent.SceneLoaded.class))
                .containsExactly(new EngineEvent.SceneLoaded(new FrameRate(30_000, 1001), null));
    }

    private BlenderEngine build() {
        BlenderEngine engine = BlenderEngine.builder()
                .blender(ExternalTool.BLENDER.require())
                .sessionRoot(folder.resolve("sessions-" + engines.size()))
                // A scene of these links a library where it was made.
                .sandbox(Sandbox.of(SandboxMode.AUTO).reading(List.of(TestScenes.folder())))
                .build();
        engines.add(engine);
        return engine;
    }

    /** A folder as nodes have it for what was sent to them, with the folders of these files. */
    private Path sent(String... files) throws IOException {
        Path root =
                folder.resolve("scenes").resolve(String.format("%064x", ++sent)).resolve("files");
        Files.createDirectories(root);
        for (String file : files) {
            Files.createDirectories(root.resolve(file).getParent());
        }
        return root;
    }

    private static Path place(String scene, Path target) throws IOException {
        return Files.copy(TestScenes.scene(scene), target);
    }

    private RenderTask task(Path scene, String frames, Simulation simulation) {
        ScenePolicy policy = new ScenePolicy(simulation, MissingFiles.FAIL, Set.of());
        return new Tasks(folder).of(scene, frames, SEEDED, "shot_####", policy);
    }

    private RenderTask render(String scene, String frames) {
        return render(build(), TestScenes.scene(scene), frames, Simulation.REFUSE, new Recording());
    }

    private RenderTask render(
            BlenderEngine engine, Path scene, String frames, Simulation simulation, Recording events) {
        RenderTask task = task(scene, frames, simulation);
        engine.start(task, events);
        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).hasSize(task.frames().size());
        return task;
    }

    private static EngineEvent.SceneBaked only(Recording events) {
        List<EngineEvent.SceneBaked> all = events.all(EngineEvent.SceneBaked.class);
        assertThat(all).as("warnings: %s", events.warnings()).hasSize(1);
        return all.get(0);
    }

    private Path unzip(Path archive) throws IOException {
        Path root = sent();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().<ZipEntry>map(each -> each)::iterator) {
                Path file = root.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, file);
                }
            }
        }
        return root;
    }

    /** What tells that a file was replaced or written to. */
    private static Map<Path, String> state(Path root) throws IOException {
        Map<Path, String> found = new HashMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.toList()) {
                found.put(
                        each,
                        Files.getLastModifiedTime(each) + " " + Files.size(each) + " "
                                + Files.getAttribute(each, "unix:ino"));
            }
        }
        return found;
    }
}
