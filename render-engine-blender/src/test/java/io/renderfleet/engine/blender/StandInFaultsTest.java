package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.core.spi.EngineEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures that this machine's Blender can't be brought to. */
@DisplayName("With a stand-in for Blender,")
class StandInFaultsTest {
    private static final String TO_FRAME = "ready|await|loaded|await|started|";

    @TempDir
    Path folder;

    private final Recording events = new Recording();
    private Path scene;

    @BeforeEach
    void makeScene() throws IOException {
        scene = Files.writeString(folder.resolve("shot.blend"), "BLENDER-v304, for all that the stand-in knows");
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(delimiterString = "=>", textBlock = """
        error:blender:Error: System is out of GPU and shared host memory|await => GPU_OUT_OF_MEMORY
        error:blender:Error: Out of memory in cuMemAlloc|await                 => GPU_OUT_OF_MEMORY
        line:Malloc returns null: len=8 in x, total 9|exit:139                 => OUT_OF_MEMORY
        line:terminate called after throwing 'std::bad_alloc'|exit:134         => OUT_OF_MEMORY
        exit:139                                                               => CRASHED
        exit:143                                                               => KILLED
        exit:0                                                                 => FRAME_MISSING
        exit:9                                                                 => PROGRAM_FAILED
        saved|await                                                            => FRAME_MISSING
        file:0|saved|await                                                     => FRAME_EMPTY
        error:frame-damaged:'x.png' is cut off|await                           => FRAME_DAMAGED
        error:something-new:Blender says no|await                              => PROGRAM_FAILED
        silence                                                                => HUNG
        """)
    void ofOneFrame(String steps, FailureKind kind) {
        render(TO_FRAME + steps);

        events.awaitEnd();
        assertThat(events.saved()).isEmpty();
        assertThat(events.failed()).containsExactly(1);
        Failure failure = events.all(EngineEvent.FrameFailed.class).get(0).failure();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.frame()).isEqualTo(1);
        assertThat(failure.message()).endsWith(Diagnosis.advice(kind));
    }

    @ParameterizedTest(name = "{0} ends the run as {1}")
    @CsvSource(delimiterString = "=>", textBlock = """
        error:blender:Error: CUDA error: Failed to create CUDA context|await   => DEVICE_UNAVAILABLE
        error:blender:OptiX device failed, falling back to CPU|await           => DEVICE_UNAVAILABLE
        error:blender:No space left on device|await                            => DISK_FULL
        error:blender:Render error (Read-only file system) cannot save: x|await => OUTPUT_NOT_WRITABLE
        error:driver:Traceback|await                                           => INTERNAL_ERROR
        exit:153                                                               => DISK_FULL
        line:Traceback (most recent call last):|line:ValueError: no|file:9|saved|await => SCRIPT_ERROR
        """)
    void ofTheRun(String steps, FailureKind kind) {
        render(TO_FRAME + steps);

        Failure failure = events.awaitFailure();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).endsWith(Diagnosis.advice(kind));
        assertThat(events.saved()).isEmpty();
    }

    @ParameterizedTest(name = "{0} while loading is {1}")
    @CsvSource(delimiterString = "=>", textBlock = """
        exit:139                                                                     => CRASHED
        line:Warning: File written by newer Blender binary (405.6)|exit:139          => SCENE_TOO_NEW
        line:Malloc returns null: len=8 in x, total 9|exit:139                       => OUT_OF_MEMORY
        exit:1                                                                       => PROGRAM_FAILED
        silence                                                                      => HUNG
        """)
    void whileLoading(String steps, FailureKind kind) {
        render("ready|await|" + steps);

        Failure failure = events.awaitFailure();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).endsWith(Diagnosis.advice(kind));
    }

    @Test
    @DisplayName("a kill by the system for want of memory is told from one by somebody")
    void killedForWantOfMemory() {
        Failure bySystem = Diagnosis.ofExit(137, 3, new LogTail(), true);
        Failure bySomebody = Diagnosis.ofExit(137, 3, new LogTail(), false);

        assertThat(bySystem.kind()).isEqualTo(FailureKind.OUT_OF_MEMORY);
        assertThat(bySystem.message())
                .startsWith("Blender was killed by the system for want of memory while it rendered frame 3.");
        assertThat(bySomebody.kind()).isEqualTo(FailureKind.KILLED);
    }

    @Test
    @DisplayName("three frames in a row that fail end the run")
    void manyFailures() {
        try (BlenderEngine engine = build(StandIn.program(
                TO_FRAME + "saved|await|started|saved|await|started|saved|await|started|saved|await"))) {
            engine.start(new Tasks(folder).of(scene, "1-9"), events);

            assertThat(events.awaitFailure().kind()).isEqualTo(FailureKind.FRAME_MISSING);
            assertThat(events.failed()).containsExactly(1, 2, 3);
        }
    }

    @Test
    @DisplayName("a device that was asked for and lost is no frame of the CPU's")
    void fallBack() {
        try (BlenderEngine engine =
                build(StandIn.program(TO_FRAME + "line:OptiX failed, falling back to CPU|file:9|saved|await"))) {
            RenderSettings settings = RenderSettings.builder().device("OPTIX").build();
            engine.start(new Tasks(folder).of(scene, "1", settings), events);

            assertThat(events.awaitFailure().kind()).isEqualTo(FailureKind.DEVICE_UNAVAILABLE);
            assertThat(events.saved()).isEmpty();
        }
    }

    @Test
    @DisplayName("lines that only look like the driver's are not believed")
    void forgedEvents() {
        render(TO_FRAME + "line:@rf saved frame=1&seconds=1|line:@rf:0 saved frame=1&seconds=1|exit:0");

        events.awaitEnd();
        assertThat(events.saved()).isEmpty();
        assertThat(events.failed()).containsExactly(1);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"exit:139", "silence", "error:disk-full:No space left on device"})
    @DisplayName("a bake that fails costs no frame")
    void failedBake(String step) throws IOException {
        Path sent = folder.resolve("5".repeat(64));
        Files.createDirectory(sent);
        Files.copy(scene, sent.resolve("scene.blend"));
        ScenePolicy policy = new ScenePolicy(Simulation.BAKE, MissingFiles.FAIL, Set.of());
        String script =
                "ready|await|simulated|await|bake:" + step + "|bake:await|prepared|await|started|file:9|saved|await";
        try (BlenderEngine engine = build(StandIn.program(script))) {
            engine.start(new Tasks(folder, policy).of(sent.resolve("scene.blend"), "1"), events);

            assertThat(events.awaitEnd()).isNull();
            assertThat(events.saved()).containsExactly(1);
            assertThat(events.warnings()).singleElement().asString().contains("It could not be baked: ");
            assertThat(events.all(EngineEvent.SceneBaked.class)).isEmpty();
        }
    }

    @Test
    @DisplayName("a file that is said to be outside the output folder is not taken")
    void outside() {
        render(TO_FRAME + "outside:9|saved|await");

        events.awaitEnd();
        assertThat(events.saved()).isEmpty();
        assertThat(events.failed()).containsExactly(1);
    }

    @Test
    @DisplayName("a frame that is written and said to be saved is taken")
    void saved() {
        render(TO_FRAME + "file:9|saved|await");

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(1);
    }

    @Test
    @DisplayName("a program that is not there is told as such, and every task is refused")
    void notFound() {
        try (BlenderEngine engine = build(List.of("/nowhere/blender"))) {
            Failure problem = engine.problem().orElseThrow();
            assertThat(problem.kind()).isEqualTo(FailureKind.PROGRAM_NOT_FOUND);
            assertThat(problem.message()).contains("Install Blender");
            assertThat(engine.check(new Tasks(folder).of(scene, "1"))).contains(problem);

            engine.start(new Tasks(folder).of(scene, "1"), events);
            assertThat(events.awaitFailure()).isEqualTo(problem);
        }
    }

    @Test
    @DisplayName("a program that is not executable is told as such")
    void notExecutable() throws IOException {
        Path file = Files.writeString(folder.resolve("blender"), "not a program");
        try (BlenderEngine engine = build(List.of(file.toString()))) {
            assertThat(engine.problem().orElseThrow().kind()).isEqualTo(FailureKind.PROGRAM_NOT_EXECUTABLE);
        }
    }

    @Test
    @DisplayName("a program that lacks a shared library is told as such, with the library's name")
    void sharedLibrary() {
        String said = "blender: error while loading shared libraries: libXi.so.6: cannot open shared object file";
        try (BlenderEngine engine = build(StandIn.program("line:" + said + "|exit:127"))) {
            Failure problem = engine.problem().orElseThrow();
            assertThat(problem.kind()).isEqualTo(FailureKind.PROGRAM_NOT_EXECUTABLE);
            assertThat(problem.message()).contains("libXi.so.6");
        }
    }

    private void render(String script) {
        try (BlenderEngine engine = build(StandIn.program(script))) {
            engine.start(new Tasks(folder).of(scene, "1"), events);
            events.awaitEnd();
        }
    }

    private BlenderEngine build(List<String> program) {
        return BlenderEngine.builder()
                .program(program)
                .sessionRoot(folder.resolve("sessions"))
                .hangTimeout(Duration.ofSeconds(3))
                .build();
    }
}
