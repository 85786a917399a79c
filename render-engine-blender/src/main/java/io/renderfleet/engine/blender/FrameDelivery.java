package io.renderfleet.engine.blender;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Moves files out of a sandbox.
 *
 * <p>What is inside can put a link in the place of a file or a folder at any moment, and by a link this process would reach what the program
 * cannot. Hence no link is followed: each folder on the way is opened by its parent (openat(2)).
 *
 * @param from a folder that the program writes to
 * @param into a folder that it does not
 */
record FrameDelivery(Path from, Path into) {
    private static final int DEEPEST = 32;
    private static final int BUFFER = 256 * 1024;

    /**
     * Moves files under the names that they have; by a copy where the two folders are on different file systems.
     *
     * @param names relative to the folders, with {@code /} between the parts
     * @throws IOException if one is no file of the folder, or cannot be moved
     */
    void deliver(List<String> names) throws IOException {
        for (String name : names) {
            deliver(name);
        }
    }

    @SuppressWarnings("StreamResourceLeak") // all that was opened is closed in the end
    private void deliver(String name) throws IOException {
        Path relative = Path.of(name);
        Path target = into.resolve(name).normalize();
        boolean stays = !relative.isAbsolute() && relative.equals(relative.normalize()) && target.startsWith(into);
        if (!stays || target.equals(into) || relative.getNameCount() > DEEPEST) {
            throw new IOException("'" + name + "' is no name of a file in the folder");
        }
        Files.createDirectories(target.getParent());
        Deque<DirectoryStream<Path>> opened = new ArrayDeque<>();
        try {
            SecureDirectoryStream<Path> folder = open(Files.newDirectoryStream(from), opened);
            for (int part = 0; part < relative.getNameCount() - 1; part++) {
                folder = open(folder.newDirectoryStream(relative.getName(part), LinkOption.NOFOLLOW_LINKS), opened);
            }
            move(folder, relative.getFileName(), target);
        } finally {
            for (DirectoryStream<Path> each : opened) {
                each.close();
            }
        }
    }

    private static SecureDirectoryStream<Path> open(DirectoryStream<Path> stream, Deque<DirectoryStream<Path>> opened)
            throws IOException {
        opened.push(stream);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IOException("this system cannot open folders without following links");
    }

    private static void move(SecureDirectoryStream<Path> folder, Path name, Path target) throws IOException {
        BasicFileAttributes file = folder.getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        if (!file.isRegularFile()) {
            throw new IOException("'" + name + "' is no file");
        }
        try (DirectoryStream<Path> beside = Files.newDirectoryStream(target.getParent())) {
            if (beside instanceof SecureDirectoryStream<Path> secure) {
                folder.move(name, secure, target.getFileName());
                return;
            }
        } catch (AtomicMoveNotSupportedException elsewhere) {
            // It goes as a copy.
        }
        copy(folder, name, target);
    }

    private static void copy(SecureDirectoryStream<Path> folder, Path name, Path target) throws IOException {
        Path part = Files.createTempFile(target.getParent(), ".rendering-", ".part");
        try (SeekableByteChannel in =
                        folder.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                var out = Files.newByteChannel(part, StandardOpenOption.WRITE)) {
            var buffer = ByteBuffer.allocate(BUFFER);
            while (in.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                buffer.clear();
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
