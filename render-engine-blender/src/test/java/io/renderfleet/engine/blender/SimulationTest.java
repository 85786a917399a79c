package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
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

    @Tag("long")
    @Test
    @DisplayName("is rendered as if it were baked, wherever a batch begins and in whatever order its frames come")
    void anyOrder() throws IOException {
        BlenderEngine engine = build();
        Recording events = new Recording();
        RenderTask baked = render(engine, TestScenes.scene("simulated-baked"), "1-12", new Recording());

        RenderTask middle = render(engine, TestScenes.scene("simulated"), "4,10,5,9,12,1", events);

        Pixels.assertSame(middle, baked, 4, 10, 5, 9, 12, 1);
        assertThat(events.all(EngineEvent.Warned.class))
                .extracting(EngineEvent.Warned::warning)
                .filteredOn(warning -> warning.kind().equals("simulation"))
                .singleElement()
                .satisfies(warning -> assertThat(warning.message())
                        .contains("Cloth 'Flag'", "Rigid body world 'Scene'", "Particle system 'Plane: Rain'")
                        .contains("are not baked", "from 1 on"));
        assertThat(stepped(events)).containsExactly("4", "6", "2");
    }

    @Test
    @DisplayName("comes out the same where it is of a library, whose caches Blender lets nobody edit")
    void linked() throws IOException {
        BlenderEngine engine = build();
        RenderTask baked = render(engine, TestScenes.scene("simulated-baked-linked"), "1-12", new Recording());

        RenderTask linked = render(engine, TestScenes.scene("simulated-linked"), "9,4,1,12,10", new Recording());

        Pixels.assertSame(linked, baked, 9, 4, 1, 12, 10);
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
        Pixels.assertSame(next, baked, 7, 11);
        List<String> order = first.all(EngineEvent.class).stream()
                .filter(event -> event instanceof EngineEvent.FrameStarted
                        || (event instanceof EngineEvent.LogLine line && isAboutSteps(line.text())))
                .map(event -> event.getClass().getSimpleName())
                .limit(2)
                .toList();
        assertThat(order).containsExactly("LogLine", "FrameStarted");
    }

    @Test
    @DisplayName("tells at once which frames it has, and after some steps what one takes")
    void told() {
        Recording events = new Recording();

        render(build(), TestScenes.scene("simulated"), "8-9", events);

        List<EngineEvent.SceneLoaded> told = events.all(EngineEvent.SceneLoaded.class);
        assertThat(told.get(0))
                .isEqualTo(new EngineEvent.SceneLoaded(new FrameRate(30_000, 1001), new UnbakedSimulation(1, 9, null)));
        assertThat(told.get(told.size() - 1).simulation()).satisfies(simulation -> {
            assertThat(simulation.first()).isEqualTo(1);
            assertThat(simulation.last()).isEqualTo(9);
            assertThat(simulation.secondsPerFrame()).isPositive();
        });
    }

    @Test
    @DisplayName("is not one that has Geometry Nodes without a simulation zone")
    void geometryNodes() {
        Recording events = new Recording();

        render(build(), TestScenes.scene("geometry-nodes"), "1", events);

        assertThat(events.warnings()).isEmpty();
        assertThat(events.all(EngineEvent.SceneLoaded.class))
                .containsExactly(new EngineEvent.SceneLoaded(FrameRate.of(24), null));
    }

    @Tag("long")
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

    @Tag("long")
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

        Pixels.assertSame(last, baked, 5);
        Pixels.assertSame(all, baked, 1, 2, 3, 4, 5);
        Pixels.assertSame(neighbour, baked, 3);
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
}
