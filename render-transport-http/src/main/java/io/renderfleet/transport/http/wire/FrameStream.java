package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FrameOutput;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/**
 * A {@link FrameList} as JSON that is made while it is read, frame by frame, so that a million frames need no more memory than one.
 * Not thread-safe.
 */
public final class FrameStream extends InputStream {
    private static final byte[] BEGIN = "{\"frames\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

    private final Iterator<FrameOutput> frames;
    private byte[] ready = BEGIN;
    private int position;
    private boolean first = true;
    private boolean ended;

    /**
     * Makes a stream.
     *
     * @param frames in the order in which they are listed; each is asked for when it is needed
     */
    public FrameStream(Iterable<FrameOutput> frames) {
        this.frames = frames.iterator();
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
        while (position == ready.length && !ended) {
            position = 0;
            if (frames.hasNext()) {
                byte[] entry = Wire.write(entry(frames.next()));
                ready = first ? entry : behindComma(entry);
                first = false;
            } else {
                ready = END;
                ended = true;
            }
        }
        return position < ready.length;
    }

    private static FrameList.Entry entry(FrameOutput frame) {
        AttemptId attempt = frame.attempt();
        return FrameList.Entry.of(frame, attempt == null ? null : attempt.toString());
    }

    private static byte[] behindComma(byte[] entry) {
        byte[] bytes = new byte[entry.length + 1];
        bytes[0] = ',';
        System.arraycopy(entry, 0, bytes, 1, entry.length);
        return bytes;
    }
}
