package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.renderfleet.core.model.Allowance;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can go wrong with a real Blender, each brought about, and the failure it must end as. */
@DisplayName("With a real Blender,")
class FaultTableTest {
    @TempDir
    static Path sessions;

    private static BlenderEngine engine;

    @TempDir
    Path folder;

    private final List<BlenderEngine> own = new ArrayList<>();
    private final Recording events = new Recording();
    private Tasks tasks;

    @BeforeAll
    static void build() {
        engine = BlenderEngine.builder()
                .blender(ExternalTool.BLENDER.require())
                .sessionRoot(sessions)
                .sessionMode(SessionMode.PROCESS)
                .build();
    }

    @AfterAll
    static void closeShared() {
        if (engine != null) {
            engine.close();
        }
    }

    @BeforeEach
    void useFolder() {
        tasks = new Tasks(folder);
    }

    @AfterEach
    void closeOwn() {
        own.forEach(BlenderEngine::close);
    }

    @ParameterizedTest(name = "a scene that is {0} fails as {1}: … {2} …")
    @CsvSource(delimiter = '|', textBlock = """
                    truncated         | SCENE_UNREADABLE     | Missing DNA block           | false
                    newer-truncated   | SCENE_TOO_NEW        | by a newer version of Blender, 4.5  | true
                    newer             | SCENE_TOO_NEW        | by a newer version of Blender, 4.5  | true
                    newer-compressed  | SCENE_TOO_NEW        | does not know what is inside | true
                    unknown-view      | COLOR_UNAVAILABLE    | view "Studio" not found, setting default "Standard" | true
                    unknown-output-view | COLOR_UNAVAILABLE  | The output has a view transform | true
                    no-camera         | NO_CAMERA            | no camera                   | false
                    unknown-engine    | ENGINE_UNAVAILABLE   | Engine 'NOPEXX' not available      | true
                    denoise           | DENOISER_UNAVAILABLE | The scene has denoising on  | true
                    no-texture        | MISSING_FILES        | texture 'gone.png'          | false
                    no-cache          | MISSING_FILES        | never-baked.mdd             | false
                    no-font           | MISSING_FILES        | font 'DejaVu                | false
                    no-library        | MISSING_FILES        | library 'lender.blend'      | false
                    python-driver     | SCRIPTS_BLOCKED      | len(bpy.data.objects) * 0.1 | true
                    registered-script | SCRIPTS_BLOCKED      | the text 'panel.py'         | true
                    """)
    void scenes(String scene, FailureKind kind, String message, boolean retryElsewhere) {
        RenderTask task = tasks.of(TestScenes.scene(scene), "1-2");

        engine.start(task, events);

        Failure failure = events.awaitFailure();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).contains(message).contains(Diagnosis.advice(kind));
        assertThat(failure.message()).doesNotContain(TestScenes.folder().toString());
        assertThat(failure.retryElsewhere()).isEqualTo(retryElsewhere);
        assertThat(failure.log()).isNotEmpty();
        assertThat(events.saved()).isEmpty();
        assertThat(task.outputFolder()).isEmptyDirectory();
    }

    @ParameterizedTest(name = "a file that is {0} is refused as no scene before Blender starts")
    @ValueSource(strings = {"junk", "empty"})
    void noScene(String scene) {
        assertThat(engine.check(tasks.of(TestScenes.scene(scene), "1"))).get().satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(FailureKind.SCENE_UNREADABLE);
            assertThat(failure.message())
                    .contains(scene + ".blend' is no .blend file")
                    .contains(Diagnosis.advice(FailureKind.SCENE_UNREADABLE));
            assertThat(failure.retryElsewhere()).isFalse();
        });
    }

    @ParameterizedTest(name = "{0} = {1} fails as {2}: {3}")
    @CsvSource({
        "viewLayer, Nope, NO_SUCH_VIEW_LAYER, it has",
        "camera, Cube, NO_CAMERA, Side",
        "sceneName, Nope, NO_SUCH_SCENE, Small",
        "device, CUDA, DEVICE_UNAVAILABLE, finds no such device",
        "device, OPTIX, DEVICE_UNAVAILABLE, finds no such device",
        "device, GPU, DEVICE_UNAVAILABLE, finds no such device",
    })
    void settings(String name, String value, FailureKind kind, String message) {
        RenderSettings.Builder settings = RenderSettings.builder();
        switch (name) {
            case "viewLayer" -> settings.viewLayer(value);
            case "camera" -> settings.camera(value);
            case "sceneName" -> settings.sceneName(value);
            default -> settings.device(value);
        }

        engine.start(tasks.of(TestScenes.scene("choices"), "1", settings.build()), events);

        Failure failure = events.awaitFailure();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).contains(message);
    }

    @Tag("long")
    @ParameterizedTest(name = "a scene with {0} renders")
    @ValueSource(strings = {"texture", "reference", "simple-driver", "rig-panel"})
    void harmless(String scene) {
        engine.start(tasks.of(TestScenes.scene(scene), "1"), events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(1);
    }

    @ParameterizedTest(name = "a scene that is {0} renders with a warning where the request allows {1}")
    @CsvSource({
        "newer, NEWER_SCENE, newer version of Blender",
        "unknown-view, VIEW_TRANSFORM, Studio",
        "unknown-output-view, VIEW_TRANSFORM, the scene's is taken",
    })
    void allowed(String scene, Allowance allowance, String message) {
        engine.start(tasks.allowing(allowance).of(TestScenes.scene(scene), "1"), events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(1);
        assertThat(events.all(EngineEvent.Warned.class)).anySatisfy(warned -> {
            assertThat(warned.warning().kind()).isEqualTo(allowance.wireName());
            assertThat(warned.warning().message()).contains(message);
        });
    }

    @Tag("long")
    @Test
    @DisplayName(
            "a graphics processor that was asked for and is not there is one for EEVEE, too, and the CPU where it is allowed")
    void noGraphicsProcessor() {
        RenderSettings settings = RenderSettings.builder()
                .engine("EEVEE")
                .samples(1)
                .device("GPU")
                .build();
        engine.start(tasks.of(TestScenes.scene("plain"), "1", settings), events);
        assertThat(events.awaitFailure().kind()).isEqualTo(FailureKind.DEVICE_UNAVAILABLE);

        Recording allowed = new Recording();
        RenderSettings cycles = RenderSettings.builder().device("GPU").build();
        engine.start(tasks.allowing(Allowance.CPU).of(TestScenes.scene("plain"), "1", cycles), allowed);
        assertThat(allowed.awaitEnd()).isNull();
        assertThat(allowed.warnings()).anyMatch(text -> text.contains("rendered on the CPU"));
    }

    @Test
    @DisplayName("a scene that is not there, and none at all, are refused")
    void noScene() {
        assertThat(engine.check(tasks.of(folder.resolve("none.blend"), "1"))
                        .orElseThrow()
                        .message())
                .startsWith("The scene 'none.blend' is not on this node.");

        engine.start(tasks.of(null, "1"), events);

        assertThat(events.awaitFailure().kind()).isEqualTo(FailureKind.SCENE_NOT_HERE);
    }

    @Test
    @DisplayName("a hole in an image sequence fails its own frame only")
    void hole() {
        engine.start(tasks.of(TestScenes.scene("sequence"), "2-4"), events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(2, 4);
        Failure failure = events.all(EngineEvent.FrameFailed.class).get(0).failure();
        assertThat(failure.kind()).isEqualTo(FailureKind.MISSING_FILES);
        assertThat(failure.frame()).isEqualTo(3);
        assertThat(failure.message()).contains("seq_003.png");
    }

    @Test
    @DisplayName("two crashes on a frame fail that frame, one crash costs nothing, and the others are rendered")
    void crashes() {
        start(faulty(), "1,2,7,10");

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(1, 7, 10);
        assertThat(events.failed()).containsExactly(2);
        Failure failure = events.all(EngineEvent.FrameFailed.class).get(0).failure();
        assertThat(failure.kind()).isEqualTo(FailureKind.CRASHED);
        assertThat(failure.message()).startsWith("Blender crashed while it rendered frame 2 (signal 11).");
        assertThat(failure.log()).isNotEmpty();
        assertThat(events.warnings()).anyMatch(text -> text.contains("frame 7") && text.contains("once more"));
    }

    @Tag("long")
    @Test
    @DisplayName("a hang is ended, and the frame tried once more; two hangs fail the frame")
    void hangs() {
        start(faulty().hangTimeout(Duration.ofSeconds(5)), "8,3,10");

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(8, 10);
        Failure failure = events.all(EngineEvent.FrameFailed.class).get(0).failure();
        assertThat(failure.kind()).isEqualTo(FailureKind.HUNG);
        assertThat(failure.message()).startsWith("Blender gave no sign of life for 5 s while it rendered frame 3.");
    }

    @Tag("long")
    @Test
    @DisplayName("a frame that takes too long is ended, though it is not silent")
    void frameTimeout() {
        start(faulty().frameTimeout(Duration.ofSeconds(6)), "9,10");

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(10);
        Failure failure = events.all(EngineEvent.FrameFailed.class).get(0).failure();
        assertThat(failure.kind()).isEqualTo(FailureKind.FRAME_TIMEOUT);
        assertThat(failure.message()).startsWith("Frame 9 took longer than 6 s.");
    }

    @ParameterizedTest(name = "frame {0} of a scene that misbehaves fails as {1}: {2}")
    @CsvSource({
        "4, PROGRAM_FAILED, Blender ended with exit code 3 while it rendered frame 4.",
        "6, KILLED, Somebody killed Blender while it rendered frame 6.",
    })
    void ends(int frame, FailureKind kind, String message) {
        start(faulty(), frame + ",10");

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(10);
        Failure failure = events.all(EngineEvent.FrameFailed.class).get(0).failure();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).startsWith(message);
    }

    @Test
    @DisplayName("an error in a script of the scene is one, though Blender goes on and says that it saved the frame")
    void scriptError() {
        start(faulty(), "1,5");

        Failure failure = events.awaitFailure();
        assertThat(events.saved()).containsExactly(1);
        assertThat(failure.kind()).isEqualTo(FailureKind.SCRIPT_ERROR);
        assertThat(failure.frame()).isEqualTo(5);
        assertThat(failure.message()).contains("this scene is at fault");
    }

    @Tag("long")
    @Test
    @DisplayName("want of memory is told from a crash")
    void outOfMemory() {
        BlenderEngine limited = build(BlenderEngine.builder().program(limited("--as=" + (1_500L << 20), false)));

        limited.start(tasks.of(TestScenes.scene("hungry"), "1"), events);

        events.awaitEnd();
        assertThat(events.saved()).isEmpty();
        Failure failure = events.all(EngineEvent.FrameFailed.class).get(0).failure();
        assertThat(failure.kind()).isEqualTo(FailureKind.OUT_OF_MEMORY);
        assertThat(failure.message()).contains("more memory");
    }

    @Tag("long")
    @ParameterizedTest(name = "a limit for file sizes fails {0} as a full disk")
    @ValueSource(strings = {"PNG", "OPEN_EXR", "JPEG"})
    void fileSizeLimit(String format) {
        BlenderEngine limited = build(BlenderEngine.builder().program(limited("--fsize=32768", true)));

        diskFull(limited, tasks.of(TestScenes.scene("plain"), "1-2", large(format)));
    }

    @ParameterizedTest(name = "a full disk fails {0} as such, and no partial file stays under the frame's name")
    @ValueSource(strings = {"PNG", "OPEN_EXR", "JPEG"})
    void fullDisk(String format) throws Exception {
        RenderTask task = tasks.of(TestScenes.scene("plain"), "1-2", large(format));
        boolean mounted = run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=128k",
                "tmpfs",
                task.outputFolder().toString());
        assumeTrue(mounted, "a small file system can't be mounted here");
        try {
            diskFull(engine, task);
        } finally {
            assertThat(run("umount", task.outputFolder().toString())).isTrue();
        }
    }

    private void diskFull(BlenderEngine renderer, RenderTask task) {
        renderer.start(task, events);

        Failure failure = events.awaitFailure();
        assertThat(failure.kind()).isEqualTo(FailureKind.DISK_FULL);
        assertThat(failure.message()).contains("Make room");
        assertThat(events.saved()).isEmpty();
        assertThat(task.outputFolder()).isEmptyDirectory();
    }

    @Test
    @DisplayName("an output folder that can't be written to is told as such")
    void unwritable() throws IOException {
        RenderTask task = tasks.of(TestScenes.scene("plain"), "1");
        Files.delete(task.outputFolder());
        Files.writeString(task.outputFolder(), "a file in its place");

        engine.start(task, events);

        assertThat(events.awaitFailure().kind()).isEqualTo(FailureKind.OUTPUT_NOT_WRITABLE);
    }

    private void start(BlenderEngine.Builder builder, String frames) {
        build(builder).start(tasks.of(TestScenes.scene("faults"), frames), events);
    }

    private static BlenderEngine.Builder faulty() {
        return BlenderEngine.builder().blender(ExternalTool.BLENDER.require()).trustScripts(true);
    }

    private BlenderEngine build(BlenderEngine.Builder builder) {
        BlenderEngine built = builder.sessionRoot(folder.resolve("sessions")).build();
        own.add(built);
        assertThat(built.problem()).isEmpty();
        return built;
    }

    private static RenderSettings large(String format) {
        return RenderSettings.builder()
                .width(1_600)
                .height(1_600)
                .samples(1)
                .format(format)
                .build();
    }

    /** Blender under a limit of the system; a program that ignores the signal meets an error instead. */
    private static List<String> limited(String limit, boolean ignoreSignal) {
        Stream<String> program =
                Stream.of("prlimit", limit, ExternalTool.BLENDER.require().toString());
        return (ignoreSignal ? Stream.concat(Stream.of("env", "--ignore-signal=XFSZ"), program) : program).toList();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }
}
