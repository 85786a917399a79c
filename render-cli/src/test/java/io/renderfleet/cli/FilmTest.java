package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.model.FrameRate;
import io.renderfleet.testkit.ExternalTool;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A film")
class FilmTest {
    @TempDir
    Path folder;

    FilmTest() {}

    @ParameterizedTest(name = "{0}")
    @DisplayName("is not made of frames without the scene's view transform, and says which frames can be")
    @ValueSource(strings = {"exr", "EXR", "hdr", "dpx", "cin"})
    void refusesLinearFrames(String ending) throws IOException {
        Path frame = Files.write(folder.resolve("shot_0001." + ending), new byte[] {1, 2, 3});

        assertThatThrownBy(() -> Film.make(List.of(frame), folder.resolve("shot.mp4"), FrameRate.of(24)))
                .isInstanceOf(StopException.class)
                .hasMessageContaining("view transform")
                .hasMessageContaining("--format PNG");
        assertThat(folder.resolve("shot.mp4")).doesNotExist();
    }

    @Test
    @DisplayName("has the very rate that was asked for, also where no decimal number is it")
    void hasTheRate() throws Exception {
        ExternalTool.FFMPEG.require();
        Path ffprobe = ExternalTool.FFPROBE.require();
        List<Path> frames = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Path frame = folder.resolve("shot_" + i + ".png");
            ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), "png", frame.toFile());
            frames.add(frame);
        }

        Film.make(frames, folder.resolve("shot.mp4"), FrameRate.parse("29.97"));

        Process probe = new ProcessBuilder(
                        ffprobe.toString(),
                        "-v",
                        "error",
                        "-show_entries",
                        "stream=r_frame_rate",
                        "-of",
                        "csv=p=0",
                        folder.resolve("shot.mp4").toString())
                .start();
        assertThat(new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("30000/1001");
    }

    @ParameterizedTest(name = "{0} is {1}")
    @DisplayName("takes its rate as a number or as a fraction")
    @CsvSource({"25,25", "24.0,24", "12.5,25/2", "29.97,30000/1001", "23.976,24000/1001", "30000/1001,30000/1001"})
    void readsRates(String text, String rate) {
        assertThat(FrameRate.parse(text)).hasToString(rate);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("refuses what is no rate")
    @ValueSource(strings = {"", "0", "-5", "100001", "24/0", "0/1", "1e3", "200002/2", "fast"})
    void refusesRates(String text) {
        assertThatThrownBy(() -> FrameRate.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("30000/1001");
    }
}
