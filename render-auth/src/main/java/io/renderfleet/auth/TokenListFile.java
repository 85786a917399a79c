package io.renderfleet.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A file of tokens, readable and writable by its owner only (mode 600 where the file system has modes).
 *
 * <p>A change replaces the file atomically: readers see the list before or after it, and nothing else, whenever the machine stops. Changes
 * of several threads and processes wait for each other, by a lock on {@code FILE.lock} beside it. Immutable.
 *
 * @param path where it is
 */
public record TokenListFile(Path path) {
    private static final int MAX_BYTES = 4 << 20;

    /** A lock on a file is that of the whole process: threads need one of their own. */
    private static final Object CHANGE = new Object();

    /**
     * Reads the list.
     *
     * @return the list
     * @throws NoSuchFileException if there is no such file
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no file of tokens, in one sentence that names the file and the line
     */
    public TokenList read() throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IllegalArgumentException(path + " is no file");
        }
        if (Files.size(path) > MAX_BYTES) {
            throw new IllegalArgumentException(path + " is larger than 4 MiB: it is no file of tokens");
        }
        try {
            return TokenList.parse(Files.readString(path));
        } catch (CharacterCodingException binary) {
            throw new IllegalArgumentException(path + " is no text", binary);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(path + ", " + wrong.getMessage(), wrong);
        }
    }

    /**
     * Changes the list; makes the file if it is not there.
     *
     * @param change gives the new list; a failure of it leaves the file as it is
     * @return the new list
     * @throws IOException if the file cannot be read or written
     * @throws IllegalArgumentException if it is no file of tokens
     */
    public TokenList update(UnaryOperator<TokenList> change) throws IOException {
        synchronized (CHANGE) {
            return updateAlone(path.toAbsolutePath(), change);
        }
    }

    private TokenList updateAlone(Path target, UnaryOperator<TokenList> change) throws IOException {
        try (FileChannel guard = FileChannel.open(
                        sibling(target, ".lock"),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        privately(target));
                FileLock held = guard.lock()) {
            TokenList before = Files.exists(target) ? read() : TokenList.empty();
            TokenList after = change.apply(before);
            if (held.isValid() && (!after.equals(before) || !Files.exists(target))) {
                write(target, after);
            }
            return after;
        }
    }

    private static void write(Path target, TokenList list) throws IOException {
        Path fresh = sibling(target, ".new");
        Files.deleteIfExists(fresh);
        try {
            try (FileChannel out = FileChannel.open(
                    fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), privately(target))) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(list.text());
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static Path sibling(Path target, String suffix) {
        return target.resolveSibling(target.getFileName() + suffix);
    }

    private static FileAttribute<?>[] privately(Path target) {
        boolean modes = FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                && target.getFileSystem() == FileSystems.getDefault();
        return modes
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
