package io.renderfleet.core.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** How what has arrived is laid down in the folder that it gets: as it is, or unpacked. */
@FunctionalInterface
public interface ContentLayout {

    /**
     * Fills the folder. What it leaves there when it refuses or fails is removed.
     *
     * @param arrived the file, whole and checked; may be moved
     * @param folder empty; becomes visible as a whole afterwards
     * @param room takes room for what is written beyond the file itself
     * @return why the file is of no use, in one sentence; empty if all is well
     * @throws IOException if the disk fails
     */
    Optional<String> arrange(Path arrived, Path folder, Room room) throws IOException;

    /**
     * Returns the path that a user of the content gets.
     *
     * @param folder as it was filled
     * @return the folder, or something in it
     */
    default Path content(Path folder) {
        return folder;
    }

    /** Room in a store. */
    @FunctionalInterface
    interface Room {
        /** What a file takes of a disk beside its bytes, so that many empty ones are not free. To be taken for each file that is unpacked. */
        long EACH_FILE = 4 * 1024;

        /**
         * Takes more room.
         *
         * @param bytes how much more
         * @return false if there is none; the file is then not kept
         */
        boolean take(long bytes);
    }

    /**
     * Keeps a file as it is.
     *
     * @param name what the file is called in its folder
     * @return the layout; it gives the file itself
     */
    static ContentLayout asIs(String name) {
        return new ContentLayout() {
            @Override
            public Optional<String> arrange(Path arrived, Path folder, Room room) throws IOException {
                Files.move(arrived, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                return Optional.empty();
            }

            @Override
            public Path content(Path folder) {
                return folder.resolve(name);
            }
        };
    }
}
