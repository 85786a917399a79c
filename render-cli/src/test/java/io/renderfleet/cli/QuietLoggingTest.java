package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The command line, as a program of its own")
@Timeout(60)
class QuietLoggingTest {
    @TempDir
    Path folder;

    QuietLoggingTest() {}

    @Test
    @DisplayName("says nothing about logging, which it has none of, when it asks Blender for a scene's files")
    void saysNothingAboutLogging() throws Exception {
        Path scene = Files.writeString(folder.resolve("shot.blend"), "BLENDER-v304");
        String withoutLogback = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("logback"))
                .collect(Collectors.joining(File.pathSeparator));
        ProcessBuilder program = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        withoutLogback,
                        RenderMain.class.getName(),
                        "submit",
                        scene.toString(),
                        "1",
                        "--with-files",
                        "--orchestrator",
                        "http://127.0.0.1:1"))
                .redirectErrorStream(true);
        program.environment().put("PATH", folder.toString());

        Process process = program.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isNotZero();
        assertThat(said).contains("--with-files").doesNotContain("SLF4J");
    }
}
