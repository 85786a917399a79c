package io.renderfleet.node.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a folder for one owner. The system gives it free when the process ends, however it ends. */
public final class FolderLock implements AutoCloseable {
    private final FileChannel file;

    private FolderLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Takes a folder.
     *
     * @param folder an existing folder
     * @return the lock, to be closed by its owner
     * @throws IOException if somebody else has it, saying so, or if it cannot be written
     */
    public static FolderLock take(Path folder) throws IOException {
        FileChannel file =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = file.tryLock();
            if (lock != null) {
                return new FolderLock(file);
            }
        } catch (OverlappingFileLockException e) {
            file.close();
            throw inUse(folder, e);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        file.close();
        throw inUse(folder, null);
    }

    private static IOException inUse(Path folder, @Nullable Exception cause) {
        return new IOException("the folder " + folder + " is in use by another node: give each node its own", cause);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
