package io.renderfleet.http.server.audit;

import io.renderfleet.core.local.OwnFolder;
import io.renderfleet.http.server.AuditLog;
import io.renderfleet.http.server.AuditedCall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An audit log in a file of JSON lines, which only its owner can read (mode 600 where the file system has modes).
 *
 * <p>Before the file grows past its size it becomes {@code FILE.1}, the one before {@code FILE.2} and so on; the oldest is deleted. A file
 * that another program empties in place is written on from its beginning. Where a line cannot be written, the call goes on and an error is
 * logged: a full disk does not stop the farm. Thread-safe.
 */
public final class AuditFile implements AuditLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);

    private final Path file;
    private final long maxBytes;
    private final int files;
    private final InstantSource clock;
    private FileChannel out;

    /**
     * Opens the file, and makes it if it is not there.
     *
     * @param file where the lines go; its folder must be there
     * @param maxBytes how large a file may be, at least 4096
     * @param files how many there may be, from 1 to 1000, with the one that is written
     * @param clock says when a call was answered
     * @throws IOException if it cannot be opened for writing
     * @throws IllegalArgumentException if a number is out of range
     */
    public AuditFile(Path file, long maxBytes, int files, InstantSource clock) throws IOException {
        if (maxBytes < 4096) {
            throw new IllegalArgumentException(
                    "the size of an audit log is " + maxBytes + ": it must be at least 4096 bytes");
        }
        if (files < 1 || files > 1000) {
            throw new IllegalArgumentException("an audit log has " + files + " files: it must be from 1 to 1000");
        }
        this.file = file.toAbsolutePath();
        this.maxBytes = maxBytes;
        this.files = files;
        this.clock = clock;
        this.out = open();
    }

    @Override
    public void record(AuditedCall call) {
        byte[] line = (AuditLine.of(clock.instant(), call) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            write(line);
        } catch (IOException e) {
            LOG.error("{} lacks a call, since it cannot be written: {}", file, e.toString());
        }
    }

    private synchronized void write(byte[] line) throws IOException {
        if (!out.isOpen()) {
            out = open();
        }
        if (out.size() > 0 && out.size() + line.length > maxBytes) {
            rotate();
        }
        ByteBuffer bytes = ByteBuffer.wrap(line);
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private void rotate() throws IOException {
        out.close();
        // With one file this is the file itself, which begins anew.
        Files.deleteIfExists(numbered(files - 1));
        for (int number = files - 2; number >= 0; number--) {
            if (Files.exists(numbered(number))) {
                Files.move(numbered(number), numbered(number + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        out = open();
    }

    private Path numbered(int number) {
        return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                OwnFolder.privateFile(file));
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
