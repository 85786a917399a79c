package io.renderfleet.transport.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Keeps a body in memory, up to a limit.
 *
 * <p>What is longer fails, or, for bodies of which only the beginning matters, is cut. Either way the connection is given up: there
 * is no telling how much more would come.
 */
final class BoundedBytes implements Receiver {
    private final int limit;
    private final boolean cut;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    private BoundedBytes(int limit, boolean cut) {
        this.limit = limit;
        this.cut = cut;
    }

    static BoundedBytes failingAt(int limit) {
        return new BoundedBytes(limit, false);
    }

    static BoundedBytes cutAt(int limit) {
        return new BoundedBytes(limit, true);
    }

    @Override
    public boolean take(ByteBuffer buffer) throws IOException {
        byte[] bytes = new byte[Math.min(limit - kept.size(), buffer.remaining())];
        buffer.get(bytes);
        kept.writeBytes(bytes);
        if (buffer.hasRemaining() && !cut) {
            throw new TooLongException(limit);
        }
        return !buffer.hasRemaining();
    }

    @Override
    public byte[] end() {
        return kept.toByteArray();
    }

    /** The answer is longer than any sensible one. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        private TooLongException(int limit) {
            super("the answer is longer than " + limit + " bytes");
        }
    }
}
