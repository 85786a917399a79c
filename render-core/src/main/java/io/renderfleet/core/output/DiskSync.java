package io.renderfleet.core.output;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Waits until what was written is on the disk, so that it is still there after a loss of power. Thread-safe. */
interface DiskSync {
    /** What {@link FolderOutputs} does by default: fsync(2), or what the system has for it. */
    DiskSync FULL = new DiskSync() {
        @Override
        public void file(Path file) throws IOException {
            // To sync a file that only its node may write, Linux and macOS want no more than to read it; Windows wants
            // to write.
            force(file, isPosix(file) ? StandardOpenOption.READ : StandardOpenOption.WRITE);
        }

        @Override
        public void folder(Path folder) throws IOException {
            if (!isPosix(folder)) {
                return;
            }
            try {
                force(folder, StandardOpenOption.READ);
            } catch (AccessDeniedException e) {
                // Who may write into a folder need not be allowed to open it. Its names are then left to the system.
            } catch (IOException e) {
                if (!UNKNOWN_HERE.equals(e.getMessage())) {
                    throw e;
                }
            }
        }
    };

    /** Leaves it to the system when it writes. */
    DiskSync NONE = new DiskSync() {
        @Override
        public void file(Path file) {
            // The system writes it within half a minute or so.
        }

        @Override
        public void folder(Path folder) {
            // Likewise.
        }
    };

    /** EINVAL: a file system that cannot sync a folder, see fsync(2). A disk that fails says EIO. */
    String UNKNOWN_HERE = "Invalid argument";

    /**
     * Waits for the content of a file.
     *
     * @throws IOException if it may not be on the disk
     */
    void file(Path file) throws IOException;

    /**
     * Waits for the names in a folder. Where the system has no way to do that, as Windows has not, this does nothing.
     *
     * @throws IOException if they may not be on the disk
     */
    void folder(Path folder) throws IOException;

    /**
     * Waits for the names in a folder and in those above it.
     *
     * @param innermost the first
     * @param outermost the last; the same, or one that it lies in
     * @throws IOException if they may not be on the disk
     */
    default void folders(Path innermost, Path outermost) throws IOException {
        Path folder = innermost;
        while (folder != null && folder.startsWith(outermost)) {
            folder(folder);
            folder = folder.getParent();
        }
    }

    private static void force(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
