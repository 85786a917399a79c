package io.renderfleet.transport.http.wire;

import java.io.InputStream;
import java.util.Iterator;

/** Bytes that are made piece by piece while they are read, so that a long answer needs no more memory than one piece. Not thread-safe. */
abstract class PieceStream extends InputStream {
    private final Iterator<byte[]> pieces;
    private byte[] ready = {};
    private int position;

    /**
     * Makes a stream.
     *
     * @param pieces each is asked for when it is needed
     */
    PieceStream(Iterator<byte[]> pieces) {
        this.pieces = pieces;
    }

    @Override
    public int read() {
        return fill() ? ready[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        int copied = 0;
        while (copied < length && fill()) {
            int n = Math.min(length - copied, ready.length - position);
            System.arraycopy(ready, position, into, offset + copied, n);
            position += n;
            copied += n;
        }
        return copied == 0 && length > 0 ? -1 : copied;
    }

    /** Makes the next bytes if there are none; false at the end. */
    private boolean fill() {
        while (position == ready.length && pieces.hasNext()) {
            ready = pieces.next();
            position = 0;
        }
        return position < ready.length;
    }
}
