package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.spi.RenderTask;
import io.renderfleet.testkit.ExternalTool;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames that are rendered alone and in any order, beside the same frames as Blender's own command line animates them. */
@Tag("long")
@DisplayName("As blender -a renders them:")
class AnimationTest {
    private static final List<String> SCENES = List.of("between-frames", "handlers");
    private static final int LAST = 4;

    @TempDir
    static Path bare;

    @TempDir
    Path folder;

    @BeforeAll
    static void animate() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(ExternalTool.BLENDER.require().toString(), "-b", "-noaudio", "--factory-startup", "-y"));
        for (String scene : SCENES) {
            command.addAll(List.of(
                    TestScenes.scene(scene).toString(),
                    "-o",
                    bare.resolve(scene + "_#").toString()));
            command.add("-a");
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @ParameterizedTest(name = "{0}, in batches of {2} and a {1} session")
    @CsvSource(delimiter = '|', textBlock = """
                    between-frames | WARM    | 1-4
                    between-frames | PROCESS | 4,1 3,2
                    handlers       | WARM    | 3 1-2 4
                    """)
    void frames(String scene, SessionMode mode, String batches) throws IOException {
        try (BlenderEngine engine = BlenderEngine.builder()
                .blender(ExternalTool.BLENDER.require())
                .sessionMode(mode)
                .trustScripts(true)
                .sessionRoot(folder.resolve("sessions"))
                .build()) {
            int compared = 0;
            for (String batch : batches.split(" ", -1)) {
                Recording events = new Recording();
                RenderTask task =
                        new Tasks(folder).of(TestScenes.scene(scene), batch, RenderSettings.SCENE_DEFAULTS, "#");
                engine.start(task, events);

                assertThat(events.awaitEnd()).isNull();
                for (int frame : events.saved()) {
                    assertThat(differentPixels(
                                    task.outputFolder().resolve(frame + ".png"),
                                    bare.resolve(scene + "_" + frame + ".png")))
                            .as("different pixels of frame %d", frame)
                            .isZero();
                    compared++;
                }
            }
            assertThat(compared).isEqualTo(LAST);
        }
    }

    private static long differentPixels(Path one, Path other) throws IOException {
        BufferedImage left = ImageIO.read(one.toFile());
        BufferedImage right = ImageIO.read(other.toFile());
        int width = left.getWidth();
        int height = left.getHeight();
        assertThat(List.of(right.getWidth(), right.getHeight())).isEqualTo(List.of(width, height));
        int[] ours = left.getRGB(0, 0, width, height, null, 0, width);
        int[] theirs = right.getRGB(0, 0, width, height, null, 0, width);
        return IntStream.range(0, ours.length).filter(i -> ours[i] != theirs[i]).count();
    }
}
