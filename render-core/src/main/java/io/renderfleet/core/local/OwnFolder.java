package io.renderfleet.core.local;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Makes folders and files that other users of the machine cannot look into, whatever the umask of the process. Those that exist keep the
 * permissions that somebody gave them. On a file system without POSIX permissions a folder gets those of its parent.
 */
public final class OwnFolder {
    private static final String PRIVATE = "rwx------";
    private static final String GROUP_READS = "rwxr-x---";
    private static final String PRIVATE_FILE = "rw-------";

    private OwnFolder() {}

    /**
     * Makes a folder, with missing parents, for this user alone.
     *
     * @param folder where
     * @return the folder
     * @throws IOException if it cannot be made
     */
    public static Path makePrivate(Path folder) throws IOException {
        return Files.createDirectories(folder, permissions(folder, PRIVATE));
    }

    /**
     * Makes a folder, with missing parents, that the group of this user may read, too.
     *
     * @param folder where
     * @return the folder
     * @throws IOException if it cannot be made
     */
    public static Path makeForGroup(Path folder) throws IOException {
        return Files.createDirectories(folder, permissions(folder, GROUP_READS));
    }

    /**
     * Takes the rights of other users from a file, if the file system knows such rights.
     *
     * @param file which
     * @throws IOException if they cannot be changed
     */
    public static void keepPrivate(Path file) throws IOException {
        if (hasPermissions(file)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(PRIVATE_FILE));
        }
    }

    /**
     * Gives what a file is to be created with, so that it is for this user alone from the beginning.
     *
     * @param file which
     * @return its permissions; nothing where the file system knows none
     */
    public static FileAttribute<?>[] privateFile(Path file) {
        return permissions(file, PRIVATE_FILE);
    }

    private static FileAttribute<?>[] permissions(Path path, String rights) {
        return hasPermissions(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }

    private static boolean hasPermissions(Path path) {
        return path.getFileSystem() == FileSystems.getDefault()
                && path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
