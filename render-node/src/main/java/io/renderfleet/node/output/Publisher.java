package io.renderfleet.node.output;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Makes verified files visible under their final names, whole and at once. */
public final class Publisher {
    private Publisher() {}

    /**
     * Publishes a file.
     *
     * @param from the verified file
     * @param to its final name
     * @param replace whether a file that was there before, and was not worth keeping, goes
     * @throws IOException if it cannot be published; a {@link FileAlreadyExistsException} if there is one and it may not go
     */
    public static void publish(Path from, Path to, boolean replace) throws IOException {
        Files.createDirectories(to.getParent());
        if (replace) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        try {
            // A hard link is the one operation that is both atomic and refuses to replace.
            Files.createLink(to, from);
        } catch (FileAlreadyExistsException | NoSuchFileException | AccessDeniedException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // Not on this file system: an error that says nothing but its text.
            if (Files.exists(to)) {
                throw new FileAlreadyExistsException(to.toString());
            }
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
