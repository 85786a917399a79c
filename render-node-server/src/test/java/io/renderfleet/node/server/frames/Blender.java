package io.renderfleet.node.server.frames;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testkit.ExternalTool;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A Blender to render with.
 *
 * @param program what starts it
 * @param version as it says itself
 */
record Blender(Path program, String version) {
    /**
     * Names further Blenders by their paths, separated as in {@code PATH}: each a Blender program, or the Python of an environment that
     * the wheel {@code bpy} is installed in.
     */
    static final String FURTHER = "RENDERFLEET_BLENDERS";

    /** The Blender that all tests use; without it the calling test ends, skipped or failed. */
    static Blender usual() throws IOException, InterruptedException {
        return of(ExternalTool.BLENDER.require());
    }

    /** Those that the environment names, each of which must be there. */
    static List<Blender> further(Path work) throws IOException, InterruptedException {
        List<Blender> found = new ArrayList<>();
        for (String name : System.getenv().getOrDefault(FURTHER, "").split(File.pathSeparator, -1)) {
            if (!name.isBlank()) {
                Path program = Path.of(name.strip()).toAbsolutePath();
                assertThat(Files.isExecutable(program))
                        .as("%s names %s: it must be a program", FURTHER, program)
                        .isTrue();
                boolean python = program.getFileName().toString().startsWith("python");
                found.add(of(python ? ofWheel(program, Files.createDirectories(work)) : program));
            }
        }
        return found;
    }

    /** A program that does what Blender's does, with the wheel's code. */
    private static Path ofWheel(Path python, Path work) throws IOException {
        Path program = work.resolve("blender-" + Integer.toHexString(python.hashCode()));
        Files.writeString(
                program, "#!/bin/sh\nexec '" + python + "' '" + Resources.file("blender_of_wheel.py") + "' \"$@\"\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"))
                .toAbsolutePath();
    }

    private static Blender of(Path program) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString(), "--version")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s --version: %s", program, said).isZero();
        String line = said.lines()
                .filter(each -> each.startsWith("Blender "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(program + " does not say its version: " + said));
        return new Blender(program, line.substring("Blender ".length()).split(" ", 2)[0]);
    }

    Series series() {
        return Series.parse(version);
    }

    /** Prepares a start without a window, a sound card and a user's own settings. */
    ProcessBuilder command(Path folder, List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(program.toString(), "--background", "-noaudio", "--factory-startup"));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        // As nodes do: threads of a bake that spin while they wait would slow the other Blenders of the test down.
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        return builder;
    }
}
