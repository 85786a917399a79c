package io.renderfleet.node.files;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes whole folders. */
public final class FileTree {
    private static final Logger log = LoggerFactory.getLogger(FileTree.class);

    private FileTree() {}

    /**
     * Removes a folder with all that is in it, or a file. Links are removed, never followed. What cannot be removed stays and is
     * logged.
     *
     * @param root what to remove; nothing happens if it is not there
     */
    public static void remove(Path root) {
        try {
            if (Files.exists(root, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(root, new Remover());
            }
        } catch (IOException e) {
            log.warn("Could not remove {}: {}", root, e.toString());
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            log.warn("Could not remove {}: {}", file, e.toString());
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
            try {
                Files.deleteIfExists(folder);
            } catch (IOException failed) {
                log.warn("Could not remove {}: {}", folder, failed.toString());
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
