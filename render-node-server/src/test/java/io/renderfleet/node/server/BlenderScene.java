package io.renderfleet.node.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Blender's own first scene, saved; ends the test, skipped, where there is no Blender. */
final class BlenderScene {
    /** Settings under which a frame takes hundredths of a second. */
    static final String TINY =
            "\"settings\":{\"engine\":\"CYCLES\",\"samples\":1,\"width\":16,\"height\":16,\"denoise\":false}";

    /** Settings under which saving a frame takes long enough to be killed meanwhile. */
    static final String LARGE =
            "\"settings\":{\"engine\":\"CYCLES\",\"samples\":1,\"width\":1600,\"height\":1200,\"denoise\":false}";

    private BlenderScene() {}

    static Path save(Path folder) throws IOException, InterruptedException {
        Path scene = folder.resolve("cube.blend");
        Process process = new ProcessBuilder(
                        ExternalTool.BLENDER.require().toString(),
                        "--background",
                        "-noaudio",
                        "--factory-startup",
                        "--python-exit-code",
                        "3",
                        "--python-expr",
                        "import bpy; bpy.ops.wm.save_as_mainfile(filepath='" + scene + "')")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return scene;
    }
}
