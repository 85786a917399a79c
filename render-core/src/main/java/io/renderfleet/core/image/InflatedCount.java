package io.renderfleet.core.image;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates pixels as they come (RFC 1950) and counts them. Keeps none, and stops once there are more than there should be. */
final class InflatedCount implements AutoCloseable {
    private final Inflater inflater = new Inflater();
    private final byte[] out = new byte[32 * 1024];
    private long expected;
    private long came;
    private boolean damaged;
    private boolean closed;

    /** Begins anew. */
    void expect(long bytes) {
        inflater.reset();
        expected = bytes;
        came = 0;
        damaged = false;
    }

    void add(ByteBuffer compressed) {
        inflater.setInput(compressed);
        try {
            while (!inflater.finished() && came <= expected) {
                int count = inflater.inflate(out);
                if (count == 0) {
                    return;
                }
                came += count;
            }
        } catch (DataFormatException e) {
            damaged = true;
        }
    }

    /** Whether something came that is not compressed, or more than was expected: what follows need not be looked at. */
    boolean isWrong() {
        return damaged || came > expected;
    }

    boolean isWhole() {
        return !damaged && inflater.finished() && came == expected;
    }

    /** What is wrong, in words that do not depend on how the bytes were cut. */
    String flaw() {
        return isWrong() ? "has damaged pixels" : "has " + came + " of " + expected + " bytes of pixels";
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            inflater.end();
        }
    }
}
