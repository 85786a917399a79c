package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.local.SandboxView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The command that starts Blender")
class LaunchCommandTest {
    private static final SessionFolder FOLDER = new SessionFolder(Path.of("/sessions/1"));

    private static final SandboxView VIEW =
            new SandboxView(List.of(), List.of(Path.of("/sessions/1")), Path.of("/sessions/1/tmp"));

    @Test
    @DisplayName("has everything that is to hold before the script, and safe defaults")
    void order() throws IOException {
        LaunchCommand command = LaunchCommand.of(config(false, 0), FOLDER, VIEW, "@rf:1", 3, Map.of());

        assertThat(command.arguments())
                .containsExactly(
                        "blender",
                        "--background",
                        "-noaudio",
                        "--factory-startup",
                        "--disable-autoexec",
                        "--threads",
                        "3",
                        "--python-exit-code",
                        "70",
                        "--python",
                        "/sessions/1/driver/driver.py",
                        "--",
                        "@rf:1",
                        "/sessions/1");
    }

    @Test
    @DisplayName("lets scripts of scenes run only where they are trusted")
    void trust() throws IOException {
        assertThat(LaunchCommand.of(config(true, 0), FOLDER, VIEW, "@rf:1", 0, Map.of())
                        .arguments())
                .contains("--enable-autoexec")
                .doesNotContain("--disable-autoexec", "--threads");
    }

    @Test
    @DisplayName("can stand back behind other programs")
    void niceness() throws IOException {
        assertThat(LaunchCommand.of(config(false, 10), FOLDER, VIEW, "@rf:1", 0, Map.of())
                        .arguments())
                .startsWith("nice", "-n", "10", "blender");
    }

    @Test
    @DisplayName("inherits no secrets and nothing of Python's, and has folders of its own")
    void environment() throws IOException {
        Map<String, String> surroundings = Map.of(
                "PATH", "/bin",
                "LC_ALL", "C",
                "CUDA_VISIBLE_DEVICES", "0",
                "PYTHONPATH", "/evil",
                "PYTHONHOME", "/evil",
                "RENDER_NODE_TOKEN", "secret",
                "BLENDER_USER_SCRIPTS", "/evil",
                "TMPDIR", "/shared");

        Map<String, String> environment = LaunchCommand.of(config(false, 0), FOLDER, VIEW, "@rf:1", 0, surroundings)
                .environment();

        assertThat(environment)
                .containsEntry("PATH", "/bin")
                .containsEntry("LC_ALL", "C")
                .containsEntry("CUDA_VISIBLE_DEVICES", "0")
                .containsEntry("TMPDIR", "/sessions/1/tmp")
                .containsEntry("BLENDER_USER_SCRIPTS", "/sessions/1/config/scripts")
                .containsEntry("XDG_CONFIG_HOME", "/sessions/1/config")
                .containsEntry("OWN", "1")
                .doesNotContainKeys("PYTHONPATH", "PYTHONHOME", "RENDER_NODE_TOKEN");
    }

    @Test
    @DisplayName("lets threads that wait for each other give their cores away, since other sessions may need them")
    void waiting() throws IOException {
        assertThat(LaunchCommand.of(config(false, 0), FOLDER, VIEW, "@rf:1", 0, Map.of())
                        .environment())
                .containsEntry("OMP_WAIT_POLICY", "PASSIVE");
    }

    private static BlenderConfig config(boolean trust, int niceness) {
        return new BlenderConfig(
                List.of("blender"),
                SessionMode.PROCESS,
                trust,
                niceness,
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                10,
                1,
                1L << 30,
                Map.of("OWN", "1"),
                Path.of("/sessions"),
                Sandbox.off("It is not this test's."));
    }
}
