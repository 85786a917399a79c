package io.renderfleet.core.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The programs of this machine. */
public final class Programs {
    private Programs() {}

    /**
     * Finds a program by its path, or by its name on the {@code PATH}.
     *
     * @param program path or name
     * @return the file, absolute; empty if there is none
     */
    public static Optional<Path> find(String program) {
        if (program.contains("/") || program.contains(File.separator)) {
            return Optional.of(Path.of(program).toAbsolutePath()).filter(Files::isRegularFile);
        }
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, program).toAbsolutePath())
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
