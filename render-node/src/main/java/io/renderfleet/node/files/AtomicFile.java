package io.renderfleet.node.files;

import io.renderfleet.core.local.OwnFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Writes small files that are there whole or not at all, whatever is killed in the meantime. */
public final class AtomicFile {
    /** A file that is being written; one that is found at start may be removed. */
    public static final String PART_SUFFIX = ".part";

    private static final AtomicLong COUNTER = new AtomicLong();

    private AtomicFile() {}

    /**
     * Replaces a file's content and waits until it is on the disk.
     *
     * @param file in a folder that exists
     * @param text its new content, as UTF-8
     * @throws IOException if it cannot be written; the old content is then still there
     */
    public static void write(Path file, String text) throws IOException {
        write(file, text, new FileAttribute<?>[0]);
    }

    /**
     * Replaces a file's content likewise, and lets nobody but this user read it.
     *
     * @param file in a folder that exists
     * @param text its new content, as UTF-8
     * @throws IOException if it cannot be written; the old content is then still there
     */
    public static void writePrivate(Path file, String text) throws IOException {
        write(file, text, OwnFolder.privateFile(file));
    }

    private static void write(Path file, String text, FileAttribute<?>[] rights) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + "." + COUNTER.incrementAndGet() + PART_SUFFIX);
        try {
            try (FileChannel out =
                    FileChannel.open(part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), rights)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
