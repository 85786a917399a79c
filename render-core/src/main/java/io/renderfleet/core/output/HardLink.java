package io.renderfleet.core.output;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Gives a file a second name at once and never in place of another file, wherever the system allows that. */
public final class HardLink {
    private HardLink() {}

    /** What came of it. */
    public enum Outcome {
        /** The file has both names. */
        MADE,
        /** There is something with that name, which stays as it is. */
        NAME_TAKEN,
        /** There are no hard links here, or none from there to here. */
        IMPOSSIBLE
    }

    /**
     * Tries it. A file system without hard links, another one, or a file of somebody else's on Linux (see {@code protected_hardlinks} in
     * proc(5)): all that is refused with an error that says nothing but its text.
     *
     * @param link the second name
     * @param existing the file
     * @return what came of it
     * @throws IOException if the file or the folder of the name is not there or may not be used
     */
    public static Outcome make(Path link, Path existing) throws IOException {
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
