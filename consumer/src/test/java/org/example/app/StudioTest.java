package org.example.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A stranger's studio")
@Timeout(60)
class StudioTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("renders with nodes in its own JVM")
    void rendersInThisJvm() throws Exception {
        try (Studio studio = Studio.inThisJvm(folder.resolve("nodes"))) {
            check(studio.render(Shot.parse("shot-010:1-6,10"), Scene.nodeDefault(), folder.resolve("frames")));
        }
    }

    @Test
    @DisplayName("renders over HTTP: its scene goes out, and the frames come back")
    void rendersOverHttp() throws Exception {
        Path scene = Files.writeString(folder.resolve("shot.blend"), "the test pattern does not look at it");
        try (Studio studio = Studio.overHttp(folder.resolve("nodes"))) {
            check(studio.render(Shot.parse("shot-010:1-6,10"), Scene.local(scene), folder.resolve("frames")));
        }
    }

    @Test
    @DisplayName("has the library on the module path")
    void isModular() {
        assertEquals("io.renderfleet.core", RenderExecutor.class.getModule().getName());
        assertEquals("org.example.app", Studio.class.getModule().getName());
    }

    private static void check(RenderResult result) throws Exception {
        assertTrue(result.isComplete());
        assertEquals(7, result.files().size());
        assertEquals("shot-010_0010.png", result.files().get(6).getFileName().toString());
        for (Path file : result.files()) {
            BufferedImage picture = ImageIO.read(file.toFile());
            assertEquals(160, picture.getWidth());
        }
    }
}
