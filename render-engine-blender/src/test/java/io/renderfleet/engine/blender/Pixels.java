package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.spi.RenderTask;
import java.awt.image.BufferedImage;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Compares pictures: the bytes of two files are never the same, since Blender writes into them when it rendered them. */
final class Pixels {
    private Pixels() {}

    /** Checks that frames of two tasks have the same pixels. */
    static void assertSame(RenderTask one, RenderTask other, int... frames) throws IOException {
        for (int frame : frames) {
            assertThat(of(one, frame)).as("frame %d", frame).isEqualTo(of(other, frame));
        }
    }

    private static int[] of(RenderTask task, int frame) throws IOException {
        BufferedImage image = ImageIO.read(
                task.outputFolder().resolve(task.output().path(frame) + ".png").toFile());
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
}
