package io.renderfleet.core.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the file system says of a file without reading it. Whoever changes the file changes this, too: a program can set the time of the last
 * change back, but not, on Unix, that of the last change of the inode.
 *
 * <p>A change within the same tick of the file system's clock, some milliseconds, in which the file was changed before does not show. So a
 * stamp saves work where the digest is compared in the end; it does not take the place of that.
 *
 * @param bytes the length
 * @param changed when the content was changed
 * @param inodeChanged when the inode was changed, as it is also by a second name; null where there is no such time
 * @param key of the file on its machine, such as device and inode; null where there is none
 */
public record FileStamp(
        long bytes,
        FileTime changed,
        @Nullable FileTime inodeChanged,
        @Nullable Object key) {

    /**
     * Looks at a file.
     *
     * @param file a file, or a link to one
     * @return how it stands
     * @throws IOException if it is not there
     */
    public static FileStamp of(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            Map<String, Object> is = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,fileKey");
            return new FileStamp(
                    (Long) Objects.requireNonNull(is.get("size")),
                    (FileTime) Objects.requireNonNull(is.get("lastModifiedTime")),
                    (FileTime) is.get("ctime"),
                    is.get("fileKey"));
        }
        BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileStamp(is.size(), is.lastModifiedTime(), null, is.fileKey());
    }

    /** Whether it is the same file with the same content, which may have other names by now. */
    boolean isSameContent(FileStamp other) {
        return bytes == other.bytes && changed.equals(other.changed) && Objects.equals(key, other.key);
    }
}
