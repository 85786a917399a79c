package io.renderfleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An external tool")
class ExternalToolTest {
    @TempDir
    Path folder;

    private Path program;

    @BeforeEach
    void createProgram() throws Exception {
        program = Files.createFile(folder.resolve("blender"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    @Test
    @DisplayName("is found in any folder of the PATH")
    void onThePath() {
        String path = folder.resolve("missing") + File.pathSeparator + folder;

        assertThat(ExternalTool.BLENDER.find(Map.of("PATH", path))).contains(program);
        assertThat(ExternalTool.FFMPEG.find(Map.of("PATH", path))).isEmpty();
    }

    @Test
    @DisplayName("is the file that the environment names, even if another is on the PATH")
    void named() throws Exception {
        Path other = Files.copy(program, folder.resolve("blender-4.2"));
        assertThat(other.toFile().setExecutable(true)).isTrue();

        assertThat(ExternalTool.BLENDER.find(
                        Map.of("PATH", folder.toString(), "RENDERFLEET_BLENDER", other.toString())))
                .contains(other);
    }

    @Test
    @DisplayName("is not found where the environment names no executable file")
    void namedButMissing() {
        String missing = folder.resolve("missing").toString();

        assertThat(ExternalTool.BLENDER.find(Map.of("PATH", folder.toString(), "RENDERFLEET_BLENDER", missing)))
                .isEmpty();
    }

    @Test
    @DisplayName("is not found in the working directory because of an empty entry of the PATH")
    void emptyEntry() {
        assertThat(ExternalTool.BLENDER.find(Map.of("PATH", File.pathSeparator)))
                .isEmpty();
        assertThat(ExternalTool.BLENDER.find(Map.of())).isEmpty();
    }

    @Test
    @DisplayName("is required where the environment or a system property says so")
    void required() {
        assertThat(ExternalTool.isRequired("true", null)).isTrue();
        assertThat(ExternalTool.isRequired(null, "true")).isTrue();
        assertThat(ExternalTool.isRequired(null, null)).isFalse();
        assertThat(ExternalTool.isRequired("false", "")).isFalse();
    }
}
