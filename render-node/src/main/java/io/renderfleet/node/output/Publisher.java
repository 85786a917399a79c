package io.renderfleet.node.output;

import io.renderfleet.core.output.HardLink;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Makes verified files visible under their final names, whole and at once. */
public final class Publisher {
    private Publisher() {}

    /**
     * Publishes a file, which loses the name that it had before.
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
        // The one operation that is both atomic and refuses to replace.
        HardLink.Outcome linked = HardLink.make(to, from);
        if (linked == HardLink.Outcome.MADE) {
            // A name that went later would make the file look changed.
            Files.delete(from);
        } else if (linked == HardLink.Outcome.IMPOSSIBLE && !Files.exists(to)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } else {
            throw new FileAlreadyExistsException(to.toString());
        }
    }
}
