package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The scenes that {@code make_scenes.py} and its like make, once for all tests. */
final class TestScenes {
    private static @Nullable Path folder;

    private TestScenes() {}

    /** The scene of that name; ends the test, skipped, where there is no Blender. */
    static Path scene(String name) {
        return folder().resolve(name + ".blend");
    }

    /** Where the scenes and their files are. */
    static synchronized Path folder() {
        Path made = folder;
        if (made == null) {
            made = make("make_scenes.py");
            folder = made;
        }
        return made;
    }

    /** Makes the scenes of a script of these resources, in a folder of their own. */
    static Path make(String name) {
        Path blender = ExternalTool.BLENDER.require();
        try {
            Path target =
                    Files.createTempDirectory(Path.of("target"), "scenes-").toRealPath();
            Path script = target.resolve(name);
            try (InputStream source = TestScenes.class.getResourceAsStream(name)) {
                Files.copy(java.util.Objects.requireNonNull(source), script);
            }
            Process process = new ProcessBuilder(List.of(
                            blender.toString(),
                            "--background",
                            "-noaudio",
                            "--factory-startup",
                            "--python-exit-code",
                            "3",
                            "--python",
                            script.toString(),
                            "--",
                            target.toString()))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            return target;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("the scenes could not be made", e);
        }
    }
}
