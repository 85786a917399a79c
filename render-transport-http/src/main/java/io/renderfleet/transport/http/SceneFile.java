package io.renderfleet.transport.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.ByteBufferPool;

/** A file as the body of a request: streamed, with its length in the header, and with signs of life. */
final class SceneFile {
    private static final String BYTES = "application/octet-stream";
    private static final int BUFFER = 64 * 1024;

    private final Path file;
    private final long length;
    private final Pulse pulse;

    /**
     * Looks at the file.
     *
     * @throws IOException if it cannot be read
     */
    SceneFile(Path file, Pulse pulse) throws IOException {
        this.file = file;
        this.length = Files.size(file);
        this.pulse = pulse;
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IOException("it is no file that can be read");
        }
    }

    /** Says whether the fault of a failed transfer is the file's. */
    boolean hasChanged() {
        try {
            return Files.size(file) != length || !Files.isReadable(file);
        } catch (IOException e) {
            return true;
        }
    }

    long length() {
        return length;
    }

    /**
     * Opens the file, to be sent once.
     *
     * @throws IOException if it cannot be read
     */
    Request.Content open(ByteBufferPool buffers) throws IOException {
        InputStream bytes = new Beating(Files.newInputStream(file), pulse);
        return new Content(bytes, new ByteBufferPool.Sized(buffers, false, BUFFER), length);
    }

    private static final class Content extends InputStreamRequestContent {
        private final long length;

        private Content(InputStream bytes, ByteBufferPool.Sized buffers, long length) {
            super(BYTES, bytes, buffers);
            this.length = length;
        }

        @Override
        public long getLength() {
            return length;
        }
    }

    /** Beats with each piece that is read, which is when the one before it has gone. */
    private static final class Beating extends FilterInputStream {
        private final Pulse pulse;

        private Beating(InputStream bytes, Pulse pulse) {
            super(bytes);
            this.pulse = pulse;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            pulse.beat();
            return super.read(into, offset, count);
        }
    }
}
