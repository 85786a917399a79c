package io.renderfleet.core.local;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Makes folders that other users of the machine cannot look into, whatever the umask of the process. Folders that exist keep the permissions
 * that somebody gave them. On a file system without POSIX permissions a folder gets those of its parent.
 */
public final class OwnFolder {
    private static final String PRIVATE = "rwx------";
    private static final String GROUP_READS = "rwxr-x---";

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
            Set<PosixFilePermission> own = PosixFilePermissions.fromString("rw-------");
            Files.setPosixFilePermissions(file, own);
        }
    }

    private static FileAttribute<?>[] permissions(Path folder, String rights) {
        return hasPermissions(folder)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }

    private static boolean hasPermissions(Path path) {
        return path.getFileSystem() == FileSystems.getDefault()
                && path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
