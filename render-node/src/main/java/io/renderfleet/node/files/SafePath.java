package io.renderfleet.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Finds files inside a root, and nothing outside of it. */
public final class SafePath {
    private SafePath() {}

    /**
     * Finds a regular file by a relative path, following links only as far as they stay inside the root.
     *
     * @param root an existing folder
     * @param name a relative path with {@code /} between folders
     * @return the file without any links in its path, or empty if there is none, or it is outside the root
     */
    public static Optional<Path> file(Path root, String name) {
        try {
            Path realRoot = root.toRealPath();
            Path plain = realRoot.resolve(name).normalize();
            if (!plain.startsWith(realRoot)) {
                return Optional.empty();
            }
            Path real = plain.toRealPath();
            return real.startsWith(realRoot) && Files.isRegularFile(real) ? Optional.of(real) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns whether a file is a regular one, no link itself, and lies inside a root with all links of its path resolved.
     *
     * @param root an existing folder
     * @param file an absolute path
     * @return true if so
     */
    public static boolean isOwn(Path root, Path file) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && file.toRealPath().startsWith(root.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }
}
