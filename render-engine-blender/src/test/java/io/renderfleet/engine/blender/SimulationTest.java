package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.testkit.ExternalTool;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A scene with simulations that are not baked")
class SimulationTest {
    private static final RenderSettings SMALL = RenderSettings.builder().seed(7).build();

    @TempDir
    Path folder;

    private final List<BlenderEngine> engines = new ArrayList<>();

    @AfterEach
    void close() {
        engines.forEach(BlenderEngine::close);
    }

    @Test
    @DisplayName("is rendered as if it were baked, wherever a batch begins and in whatever order its frames come")
    void anyOrder() throws IOException {
        BlenderEngine engine = build();
        Recording events = new Recording();
        RenderTask baked = render(engine, TestScenes.scene("simulated-baked"), "1-12", new Recording());

        RenderTask middle = render(engine, TestScenes.scene("simulated"), "9,4,1,10", events);

        assertSamePixels(middle, baked, 9, 4, 1, 10);
        assertThat(events.all(EngineEvent.Warned.class))
                .extracting(EngineEvent.Warned::warning)
                .filteredOn(warning -> warning.kind().equals("simulation"))
                .singleElement()
                .satisfies(warning -> assertThat(warning.message())
                        .contains("Cloth 'Flag'", "Rigid body world 'Scene'", "Particle system 'Plane: Rain'")
                        .contains("are not baked", "from 1 on"));
        assertThat(stepped(events)).containsExactly("9", "1");
    }

    @Test
    @DisplayName("lets the next batch go on where the session stands, and counts no step as time of a frame")
    void goesOn() throws IOException {
        BlenderEngine engine = build();
        RenderTask baked = render(engine, TestScenes.scene("simulated-baked"), "7,11", new Recording());
        Recording first = new Recording();
        Recording second = new Recording();

        render(engine, TestScenes.scene("simulated"), "5-7", first);
        RenderTask next = render(engine, TestScenes.scene("simulated"), "7,11", second);

        assertThat(stepped(first)).containsExactly("5", "1", "1");
        assertThat(stepped(second)).containsExactly("4");
        assertThat(second.all(EngineEvent.Warned.class)).hasSize(1);
        assertSamePixels(next, baked, 7, 11);
        List<String> order = first.all(EngineEvent.class).stream()
                .filter(event -> event instanceof EngineEvent.FrameStarted
                        || (event instanceof EngineEvent.LogLine line && isAboutSteps(line.text())))
                .map(event -> event.getClass().getSimpleName())
                .limit(2)
                .toList();
        assertThat(order).containsExactly("LogLine", "FrameStarted");
    }

    @Test
    @DisplayName("is refused by name where the request takes baked ones only, and not where a frame shows none of it")
    void refused() {
        BlenderEngine engine = build();
        Recording events = new Recording();
        Recording unseen = new Recording();
        Recording baked = new Recording();

        engine.start(task("simulated", "1", Simulation.REFUSE), events);
        Failure failure = events.awaitFailure();
        engine.start(task("simulated-unseen", "1", Simulation.REFUSE), unseen);
        engine.start(task("simulated-baked", "1", Simulation.REFUSE), baked);

        assertThat(failure.kind()).isEqualTo(FailureKind.SIMULATION_NOT_BAKED);
        assertThat(failure.message()).contains("Cloth 'Flag'", "simulation: run-up");
        assertThat(unseen.awaitEnd()).isNull();
        assertThat(baked.awaitEnd()).isNull();
        assertThat(baked.warnings()).isEmpty();
    }

    @Test
    @DisplayName(
            "that is a fluid writes nothing beside the scene, so that later jobs and other sessions render the same")
    void fluid() throws IOException {
        Path own = Files.createDirectory(folder.resolve("own"));
        Path scene = Files.copy(TestScenes.scene("fluid"), own.resolve("fluid.blend"));
        BlenderEngine one = build();
        BlenderEngine other = build();
        Map<Path, Long> before = files(own);
        Recording beside = new Recording();
        RenderTask baked = render(one, TestScenes.scene("fluid-baked"), "1-5", new Recording());

        RenderTask neighbour = new Tasks(folder).of(scene, "3", SMALL);
        other.start(neighbour, beside);
        RenderTask last = render(one, scene, "5", new Recording());
        RenderTask all = render(one, scene, "1-5", new Recording());
        assertThat(beside.awaitEnd()).isNull();

        assertSamePixels(last, baked, 5);
        assertSamePixels(all, baked, 1, 2, 3, 4, 5);
        assertSamePixels(neighbour, baked, 3);
        assertThat(files(own)).isEqualTo(before);
    }

    private BlenderEngine build() {
        BlenderEngine engine = BlenderEngine.builder()
                .blender(ExternalTool.BLENDER.require())
                .sessionRoot(folder.resolve("sessions-" + engines.size()))
                .build();
        engines.add(engine);
        return engine;
    }

    private RenderTask task(String scene, String frames, Simulation simulation) {
        return new Tasks(folder)
                .of(
                        TestScenes.scene(scene),
                        frames,
                        SMALL,
                        "shot_####",
                        new ScenePolicy(simulation, MissingFiles.FAIL, Set.of()));
    }

    private RenderTask render(BlenderEngine engine, Path scene, String frames, Recording events) {
        RenderTask task = new Tasks(folder).of(scene, frames, SMALL);
        engine.start(task, events);
        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).hasSize(task.frames().size());
        return task;
    }

    /** How many frames a session went through, each time that it went through some. */
    private static List<String> stepped(Recording events) {
        return events.all(EngineEvent.LogLine.class).stream()
                .map(EngineEvent.LogLine::text)
                .filter(SimulationTest::isAboutSteps)
                .map(text -> text.replaceAll("\\D*(\\d+) .*", "$1"))
                .toList();
    }

    private static boolean isAboutSteps(String text) {
        return text.startsWith("Simulation: ") && text.contains("stepped through");
    }

    private static Map<Path, Long> files(Path root) throws IOException {
        Map<Path, Long> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.toList()) {
                found.put(each, Files.getLastModifiedTime(each).toMillis());
            }
        }
        return found;
    }

    private static void assertSamePixels(RenderTask one, RenderTask other, int... frames) throws IOException {
        for (int frame : frames) {
            assertThat(pixels(one, frame)).as("frame %d", frame).isEqualTo(pixels(other, frame));
        }
    }

    private static int[] pixels(RenderTask task, int frame) throws IOException {
        BufferedImage image = ImageIO.read(
                task.outputFolder().resolve(task.output().path(frame) + ".png").toFile());
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
}
