package io.renderfleet.core.local;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
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
     * Removes a folder with all that is in it, or a file. Links are removed, never followed. What cannot be removed stays, and what lies
     * beside it goes; one warning names the first of those that stay. Another process may remove files of the folder at the same time.
     *
     * @param root what to remove; nothing happens if it is not there
     */
    public static void remove(Path root) {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Remover remover = new Remover();
        try {
            Files.walkFileTree(root, remover);
        } catch (IOException e) {
            remover.stays(root, e);
        }
        if (remover.left > 0) {
            log.warn(
                    "Could not remove {}: {} of its files and folders stay, the first is {}: {}",
                    root,
                    remover.left,
                    remover.firstLeft,
                    String.valueOf(remover.why));
        }
    }

    /**
     * Removes what is in a folder, as {@link #remove} does, and leaves the folder.
     *
     * @param folder nothing happens if it is not there
     */
    public static void empty(Path folder) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(FileTree::remove);
        } catch (NoSuchFileException nothingThere) {
            log.trace("{} is not there", folder);
        } catch (IOException e) {
            log.warn("Could not look into {} to empty it: {}", folder, e.toString());
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        private int left;
        private @Nullable Path firstLeft;
        private @Nullable IOException why;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return remove(file);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) {
            stays(file, problem);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem) {
            return remove(folder);
        }

        private FileVisitResult remove(Path path) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                stays(path, e);
            }
            return FileVisitResult.CONTINUE;
        }

        private void stays(Path path, IOException problem) {
            boolean isGone = problem instanceof NoSuchFileException;
            boolean holdsWhatStays = problem instanceof DirectoryNotEmptyException && left > 0;
            if (isGone || holdsWhatStays) {
                return;
            }
            left++;
            if (firstLeft == null) {
                firstLeft = path;
                why = problem;
            }
        }
    }
}
