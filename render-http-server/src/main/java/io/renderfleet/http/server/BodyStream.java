package io.renderfleet.http.server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A request's body within its {@link BodyLimit}. One thread reads it, and waits; the idle timeout bounds each wait. */
final class BodyStream extends FilterInputStream {
    private final BodyLimit limit;
    private final long began = System.nanoTime();
    private long count;

    BodyStream(InputStream body, BodyLimit limit) {
        super(body);
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int n;
        try {
            n = super.read(bytes, offset, length);
        } catch (IOException | RuntimeException broken) {
            throw BodyFault.broken();
        }
        count += Math.max(n, 0);
        if (count > limit.maxBytes()) {
            throw BodyFault.tooLarge(limit);
        }
        if (n >= 0 && limit.allowed(count).toNanos() < System.nanoTime() - began) {
            throw BodyFault.tooSlow();
        }
        return n;
    }

    @Override
    public long skip(long n) {
        return 0;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
