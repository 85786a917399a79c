package io.renderfleet.node.files;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
            if (Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(root, new Remover());
            }
        } catch (IOException e) {
            log.warn("Could not remove {}: {}", root, e.toString());
        }
    }

    /**
     * Adds up the lengths of all files in a folder. Links are not followed.
     *
     * @param root an existing folder
     * @return bytes
     * @throws IOException if it cannot be read
     */
    public static long size(Path root) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
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
