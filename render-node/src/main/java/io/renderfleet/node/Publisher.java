package io.renderfleet.node;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes verified files visible under their final names: whole, at once, and never over another one. */
final class Publisher {
    private Publisher() {}

    /** A hard link is the one operation that is both atomic and refuses to replace. */
    static void publish(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try {
            Files.createLink(to, from);
        } catch (UnsupportedOperationException e) {
            if (Files.exists(to)) {
                throw new FileAlreadyExistsException(to.toString());
            }
            Files.move(from, to);
        }
    }
}
