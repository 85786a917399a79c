package io.renderfleet.node.inproc;

import io.renderfleet.core.spi.LogOutcome;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads the end of a log. */
final class LogTail {
    private LogTail() {}

    static LogOutcome read(Path file, int maxBytes) {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            long length = log.length();
            int size = (int) Math.min(length, Math.max(0, maxBytes));
            byte[] bytes = new byte[size];
            log.seek(length - size);
            log.readFully(bytes);
            return new LogOutcome.Text(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new LogOutcome.Unsupported();
        }
    }
}
