package io.renderfleet.transport.http;

import java.nio.ByteBuffer;

/**
 * Keeps the end of a body, for servers that send all where the end was asked for. Reads no more than a bound: what is longer is cut
 * there.
 */
final class LastBytes implements Receiver {
    private final byte[] ring;
    private final long bound;
    private final Pulse pulse;
    private long count;

    LastBytes(int limit, long bound, Pulse pulse) {
        this.ring = new byte[limit];
        this.bound = bound;
        this.pulse = pulse;
    }

    @Override
    public boolean take(ByteBuffer buffer) {
        pulse.beat();
        int surplus = buffer.remaining() - ring.length;
        if (surplus > 0) {
            buffer.position(buffer.position() + surplus);
            count += surplus;
        }
        while (buffer.hasRemaining()) {
            int at = (int) (count % ring.length);
            int length = Math.min(buffer.remaining(), ring.length - at);
            buffer.get(ring, at, length);
            count += length;
        }
        return count <= bound;
    }

    @Override
    public byte[] end() {
        int length = (int) Math.min(count, ring.length);
        byte[] last = new byte[length];
        int begin = count > ring.length ? (int) (count % ring.length) : 0;
        int upToEnd = Math.min(length, ring.length - begin);
        System.arraycopy(ring, begin, last, 0, upToEnd);
        System.arraycopy(ring, 0, last, upToEnd, length - upToEnd);
        return last;
    }
}
