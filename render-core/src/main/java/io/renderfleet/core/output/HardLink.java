package io.renderfleet.core.output;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Gives a file a second name at once and never in place of another file, wherever the system allows that. */
final class HardLink {
    private HardLink() {}

    /** What came of it. */
    enum Outcome {
        MADE,
        NAME_TAKEN,
        IMPOSSIBLE
    }

    /**
     * Tries it. A file system without hard links, another one, or a file of somebody else's on Linux (see {@code protected_hardlinks} in
     * proc(5)): all that is refused with an error that says nothing but its text.
     */
    static Outcome make(Path link, Path existing) throws IOException {
        try {
            Files.createLink(link, existing);
            return Outcome.MADE;
        } catch (FileAlreadyExistsException e) {
            return Outcome.NAME_TAKEN;
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            return Outcome.IMPOSSIBLE;
        }
    }
}
