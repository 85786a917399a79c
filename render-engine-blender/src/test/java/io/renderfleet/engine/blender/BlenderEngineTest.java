package io.renderfleet.engine.blender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.core.spi.RenderRun;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.testkit.ExternalTool;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The Blender engine")
class BlenderEngineTest {
    @TempDir
    static Path sessions;

    private static BlenderEngine engine;

    @TempDir
    Path folder;

    private final Recording events = new Recording();
    private Tasks tasks;

    @BeforeAll
    static void build() {
        Path blender = ExternalTool.BLENDER.require();
        engine = BlenderEngine.builder()
                .blender(blender)
                .sessionMode(SessionMode.PROCESS)
                .sessionRoot(sessions)
                .build();
    }

    @AfterAll
    static void close() {
        if (engine != null) {
            engine.close();
        }
    }

    @BeforeEach
    void useFolder() {
        tasks = new Tasks(folder);
    }

    @Test
    @DisplayName("knows its Blender's version")
    void info() {
        assertThat(engine.problem()).isEmpty();
        assertThat(engine.info().name()).isEqualTo("blender");
        assertThat(engine.info().version()).matches("\\d+\\.\\d+.*");
    }

    @Test
    @DisplayName("renders scattered, negative and reverse frames in their order, and tells all that happens")
    void frames() {
        RenderTask task = tasks.of(TestScenes.scene("plain"), "12,-3,5-4");

        engine.start(task, events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(events.saved()).containsExactly(12, -3, 5, 4);
        assertThat(names(task)).containsExactly("shot_-0003.png", "shot_0004.png", "shot_0005.png", "shot_0012.png");
        assertThat(pixels(task, "shot_-0003.png")).isNotEqualTo(pixels(task, "shot_0012.png"));
        assertThat(events.all(EngineEvent.FrameStarted.class)).hasSize(4);
        assertThat(events.all(EngineEvent.SamplesDone.class)).contains(new EngineEvent.SamplesDone(-3, 1, 1, null));
        assertThat(events.all(EngineEvent.MemoryUsed.class))
                .allSatisfy(memory -> assertThat(memory.bytes()).isBetween(1L << 20, memory.peakBytes()));
        assertThat(events.all(EngineEvent.FrameSaved.class))
                .allSatisfy(saved -> assertThat(saved.renderTime()).isPositive());
        assertThat(sessions).isEmptyDirectory();
    }

    @Test
    @DisplayName(
            "writes where the output pattern says, folders and digits included, and of the scene's path only the name into the file")
    void pattern() throws IOException {
        RenderTask task = tasks.of(TestScenes.scene("plain"), "7", RenderSettings.SCENE_DEFAULTS, "seq a/v1.png_##_x");

        engine.start(task, events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(names(task)).containsExactly("seq a/v1.png_07_x.png");
        assertThat(Files.readString(task.outputFolder().resolve("seq a/v1.png_07_x.png"), StandardCharsets.ISO_8859_1))
                .contains("File\0plain.blend")
                .doesNotContain(TestScenes.folder().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "PNG, 8, png",
        "PNG, 16, png",
        "JPEG, 8, jpg",
        "OPEN_EXR, 16, exr",
        "OPEN_EXR_MULTILAYER, 32, exr",
        "TIFF, 16, tif",
        "WEBP, 8, webp",
        "BMP, 8, bmp",
        "TARGA, 8, tga",
        "HDR, 32, hdr",
        "DPX, 10, dpx",
        "JPEG2000, 16, jp2"
    })
    @DisplayName("writes each format")
    void formats(String format, int depth, String extension) {
        RenderTask task = tasks.of(
                TestScenes.scene("plain"),
                "1",
                RenderSettings.builder().format(format).depth(depth).build());

        engine.start(task, events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(names(task)).containsExactly("shot_0001." + extension);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CYCLES", "EEVEE", "WORKBENCH"})
    @DisplayName("renders with each engine")
    void engines(String name) {
        RenderTask task = tasks.of(
                TestScenes.scene("plain"),
                "1",
                RenderSettings.builder().engine(name).samples(1).build());

        engine.start(task, events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(image(task, "shot_0001.png").getWidth()).isEqualTo(32);
    }

    @Tag("long")
    @Test
    @DisplayName("renders the size, scene, view layer and camera that are asked for")
    void choices() {
        RenderTask small = tasks.of(
                TestScenes.scene("choices"),
                "1",
                RenderSettings.builder()
                        .width(48)
                        .height(20)
                        .viewLayer("Second")
                        .build());
        RenderTask half = tasks.of(
                TestScenes.scene("choices"),
                "1",
                RenderSettings.builder()
                        .percentage(50)
                        .camera("Side")
                        .threads(1)
                        .seed(3)
                        .build());
        RenderTask cut = tasks.of(TestScenes.scene("choices"), "1,5");

        for (RenderTask task : List.of(small, half, cut)) {
            Recording recording = new Recording();
            engine.start(task, recording);
            assertThat(recording.awaitEnd()).isNull();
        }

        assertThat(image(small, "shot_0001.png").getWidth()).isEqualTo(48);
        assertThat(image(small, "shot_0001.png").getHeight()).isEqualTo(20);
        assertThat(image(half, "shot_0001.png").getWidth()).isEqualTo(16);
        assertThat(names(cut)).containsExactly("shot_0001.png", "shot_0005.png");
    }

    @Test
    @DisplayName("renders another scene of the file with Workbench")
    void otherScene() {
        RenderTask task = tasks.of(
                TestScenes.scene("choices"),
                "1",
                RenderSettings.builder().sceneName("Small").build());

        engine.start(task, events);

        Failure failure = events.awaitEnd();
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(FailureKind.NO_CAMERA);
    }

    @Test
    @DisplayName("keeps the files of File Output nodes in the output folder, wherever they want to go")
    void fileOutputs() {
        RenderTask task = tasks.of(TestScenes.scene("file-outputs"), "2");

        engine.start(task, events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(names(task))
                .containsExactly("shot_0002-Away-y0002.png", "shot_0002-Up-escape-x0002.png", "shot_0002.png");
        EngineEvent.FrameSaved saved = events.all(EngineEvent.FrameSaved.class).get(0);
        assertThat(saved.files().get(0)).isEqualTo(task.outputFolder().resolve("shot_0002.png"));
        assertThat(saved.sources())
                .containsOnly(
                        entry(
                                task.outputFolder().resolve("shot_0002-Away-y0002.png"),
                                new EngineEvent.FrameSaved.Source("Away", "y")),
                        entry(
                                task.outputFolder().resolve("shot_0002-Up-escape-x0002.png"),
                                new EngineEvent.FrameSaved.Source("Up", "../../escape/x")));
    }

    @Test
    @DisplayName("names the files of File Output nodes as the artist did, never twice, and the same in each frame")
    void fileOutputsThatCollide() {
        RenderTask task = tasks.of(TestScenes.scene("colliding-outputs"), "1-2");

        engine.start(task, events);

        assertThat(events.awaitEnd()).isNull();
        List<String> expected = List.of(
                "shot_#.png",
                "shot_#-Out A-Image#.png",
                "shot_#-Out_A-Image#.png",
                "shot_#-Out_A-2-Image#.png",
                "shot_#-\u989c\u8272-Image#.png",
                "shot_#-\u6df1\u5ea6-Image#.png",
                "shot_#-depth-Image#.png",
                "shot_#-Depth-2-Image#.png",
                "shot_#-CON-Image#.png",
                "shot_#-\u00e9-Image#.png",
                "shot_#-\u00e9-2-Image#.png",
                "shot_#-Two-beauty-img_#.png",
                "shot_#-Two-2-beauty-img_#.png",
                "shot_#-Two-\u900f\u660e_#.png",
                "shot_#-Two-take 0$, b..png",
                "shot_#-Inside-g_#.png",
                "shot_#-Out A-2-Image#.png");
        List<EngineEvent.FrameSaved> saved = events.all(EngineEvent.FrameSaved.class);
        assertThat(saved).hasSize(2);
        for (EngineEvent.FrameSaved frame : saved) {
            List<String> names = frame.files().stream()
                    .map(file -> file.getFileName().toString())
                    .toList();
            String digit = Integer.toString(frame.frame());
            assertThat(names)
                    .containsAll(expected.stream()
                            .map(name -> name.replace("#", "000" + digit).replace("$", digit))
                            .toList())
                    .hasSize(expected.size() + 1)
                    .as("one was too long")
                    .anyMatch(name -> name.matches("shot_000.-Two-l{150,240}000.\\.png"))
                    .allSatisfy(name -> assertThat(name.getBytes(UTF_8).length).isLessThan(256));
            assertThat(frame.sources())
                    .hasSize(expected.size())
                    .containsEntry(
                            task.outputFolder().resolve("shot_000" + digit + "-Out_A-2-Image000" + digit + ".png"),
                            new EngineEvent.FrameSaved.Source("Out/A", "Image"))
                    .containsEntry(
                            task.outputFolder().resolve("shot_000" + digit + "-Two-2-beauty-img_000" + digit + ".png"),
                            new EngineEvent.FrameSaved.Source("Two", "beauty-img_"));
        }
        assertThat(events.warnings())
                .anyMatch(text -> text.contains("'Out/A', 'Image', are called FRAME-Out_A-2-Image####"))
                .noneMatch(text -> text.contains("'Out A', 'Image', are called FRAME-Out A-Image"));
    }

    @Test
    @DisplayName(
            "warns of what it does otherwise than the scene says, and lets the request win over curves in every frame")
    void otherwise() {
        RenderTask task = tasks.of(
                TestScenes.scene("movie"),
                "1,3",
                RenderSettings.builder().samples(2).build());

        engine.start(task, events);

        assertThat(events.awaitEnd()).isNull();
        assertThat(names(task)).containsExactly("shot_0001.png", "shot_0003.png");
        assertThat(events.warnings())
                .anyMatch(text -> text.contains("a movie (FFMPEG): single PNG frames are rendered"))
                .anyMatch(text -> text.contains("rendered on the CPU"))
                .anyMatch(text -> text.contains("The scene animates cycles.samples"));
        assertThat(events.all(EngineEvent.SamplesDone.class))
                .extracting(EngineEvent.SamplesDone::samples)
                .containsOnly(2);
    }

    @Test
    @DisplayName("ends at once when it is stopped, and leaves no process and no partial file")
    void stop() {
        RenderTask task = tasks.of(
                TestScenes.scene("plain"),
                "1-9",
                RenderSettings.builder()
                        .width(4_000)
                        .height(4_000)
                        .samples(4_096)
                        .build());
        RenderRun run = engine.start(task, events);
        events.await(EngineEvent.FrameStarted.class);

        Failure reason = Failure.of(FailureKind.CANCELLED, "Somebody cancelled it.");
        run.stop(reason);

        assertThat(events.awaitEnd()).isEqualTo(reason);
        assertThat(names(task)).isEmpty();
        assertThat(sessions).isEmptyDirectory();
    }

    @Tag("long")
    @Test
    @DisplayName("gives up frames that have not been begun")
    void shorten() {
        RenderTask task = tasks.of(
                TestScenes.scene("plain"),
                "1-9",
                RenderSettings.builder().width(400).height(400).samples(64).build());
        RenderRun run = engine.start(task, events);
        events.await(EngineEvent.FrameStarted.class);

        FrameSet kept = run.shorten(FrameSet.parse("1,7,20"));

        assertThat(events.awaitEnd()).isNull();
        assertThat(kept.containsAll(FrameSet.parse("1,7"))).isTrue();
        assertThat(kept.contains(20)).isFalse();
        assertThat(kept.size()).isLessThan(9);
        assertThat(FrameSet.of(
                        events.saved().stream().mapToInt(Integer::intValue).toArray()))
                .isEqualTo(kept);
    }

    @Test
    @DisplayName("names the files that a scene needs, those of sequences too, and those that are missing")
    void files() throws InterruptedException {
        Path folder = TestScenes.folder();

        assertThat(engine.files(TestScenes.scene("plain")))
                .isEqualTo(new SceneFiles.Listed(List.of(), List.of(), List.of()));
        assertThat(engine.files(TestScenes.scene("texture")))
                .isEqualTo(new SceneFiles.Listed(List.of(folder.resolve("there.png")), List.of(), List.of()));
        assertThat(engine.files(TestScenes.scene("sequence")))
                .isEqualTo(new SceneFiles.Listed(
                        List.of(
                                folder.resolve("seq_001.png"),
                                folder.resolve("seq_002.png"),
                                folder.resolve("seq_004.png")),
                        List.of(),
                        List.of()));
        assertThat(engine.files(TestScenes.scene("no-library")))
                .isEqualTo(new SceneFiles.Listed(List.of(), List.of(folder.resolve("lender.blend")), List.of()));
        assertThat(engine.files(TestScenes.scene("junk")))
                .isInstanceOfSatisfying(
                        SceneFiles.Unknown.class,
                        unknown -> assertThat(unknown.failure().kind()).isEqualTo(FailureKind.SCENE_UNREADABLE));
    }

    @ParameterizedTest
    @CsvSource({
        "NOPE, PNG, , CPU, ENGINE_UNAVAILABLE, settings.engine is 'NOPE'",
        "CYCLES, FFMPEG, , CPU, UNSUPPORTED_FORMAT, settings.format is 'FFMPEG'",
        "CYCLES, JPEG, 32, CPU, UNSUPPORTED_FORMAT, settings.depth is 32",
        "CYCLES, PNG, , TOASTER, UNSUPPORTED_SETTING, settings.device is 'TOASTER'",
    })
    @DisplayName("refuses settings that no scene makes possible before anything starts")
    void check(String name, String format, Integer depth, String device, FailureKind kind, String message) {
        RenderSettings settings = RenderSettings.builder()
                .engine(name)
                .format(format)
                .depth(depth)
                .device(device)
                .build();

        Failure failure =
                engine.check(tasks.of(TestScenes.scene("plain"), "1", settings)).orElseThrow();

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).startsWith(message);
    }

    @Test
    @DisplayName("takes the engines' short names")
    void shortNames() {
        for (String name : List.of("CYCLES", "EEVEE", "WORKBENCH", "BLENDER_EEVEE_NEXT")) {
            RenderSettings settings = RenderSettings.builder().engine(name).build();
            assertThat(engine.check(tasks.of(TestScenes.scene("plain"), "1", settings)))
                    .as(name)
                    .isEmpty();
        }
    }

    private static List<String> names(RenderTask task) {
        try (Stream<Path> files = Files.walk(task.outputFolder())) {
            return files.filter(file -> !Files.isDirectory(file))
                    .map(file -> task.outputFolder().relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BufferedImage image(RenderTask task, String name) {
        try {
            return ImageIO.read(task.outputFolder().resolve(name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] pixels(RenderTask task, String name) {
        BufferedImage image = image(task, name);
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
}
