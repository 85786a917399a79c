package io.renderfleet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testkit.ExternalTool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A film")
class FilmTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("has a frame for each picture, also where their sides are odd")
    void hasEveryFrame() throws Exception {
        ExternalTool.FFMPEG.require();
        ExternalTool.FFPROBE.require();
        List<Path> pictures = new ArrayList<>();
        for (int frame = 1; frame <= 7; frame++) {
            Path picture = folder.resolve(frame + ".png");
            ImageIO.write(JuliaSet.draw(frame, 65, 37), "png", picture.toFile());
            pictures.add(picture);
        }

        Path film = Film.of(pictures, folder.resolve("film.mp4")).orElseThrow();

        assertThat(Film.countFrames(film)).isEqualTo(7);
    }
}
