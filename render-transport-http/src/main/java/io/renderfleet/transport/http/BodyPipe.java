package io.renderfleet.transport.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Hands the body of an answer to a thread that reads it as a stream. The network waits while nobody reads. */
final class BodyPipe implements Receiver {
    private static final int BUFFER = 512 * 1024;

    private final Pulse pulse;
    private final PipedOutputStream in = new PipedOutputStream();
    private final Reading out;
    private final CompletableFuture<Optional<InputStream>> begun = new CompletableFuture<>();
    private volatile boolean whole;
    private volatile boolean abandoned;

    BodyPipe(Pulse pulse) throws IOException {
        this.pulse = pulse;
        this.out = new Reading(new PipedInputStream(in, BUFFER));
    }

    /** The stream, once a good answer begins; empty, or the failure, as {@link #refuse} and {@link #fail} say. */
    CompletableFuture<Optional<InputStream>> begun() {
        return begun;
    }

    /** There is nothing to read. */
    void refuse() {
        begun.complete(Optional.empty());
    }

    /** There is nothing to read for now. */
    void fail(String why) {
        begun.completeExceptionally(new IOException(why));
    }

    @Override
    public void begin() {
        begun.complete(Optional.of(out));
    }

    @Override
    public boolean take(ByteBuffer bytes) throws IOException {
        pulse.beat();
        byte[] piece = new byte[bytes.remaining()];
        bytes.get(piece);
        if (out.closed) {
            return false;
        }
        in.write(piece);
        in.flush();
        return true;
    }

    @Override
    public byte[] end() {
        whole = true;
        close();
        return new byte[0];
    }

    @Override
    public void abandon() {
        abandoned = true;
        close();
    }

    private void close() {
        try {
            in.close();
        } catch (IOException e) {
            // The reader has gone.
        }
    }

    /** The reader's end. */
    private final class Reading extends FilterInputStream {
        private volatile boolean closed;

        Reading(PipedInputStream pipe) {
            super(pipe);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = super.read(bytes, offset, length);
            if (n < 0 && (abandoned || !whole)) {
                throw new IOException("the connection broke before all had come");
            }
            return n;
        }

        @Override
        public void close() throws IOException {
            closed = true;
            super.close();
        }
    }
}
