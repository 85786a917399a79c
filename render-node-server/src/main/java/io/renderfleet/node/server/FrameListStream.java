package io.renderfleet.node.server;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.transport.http.wire.FrameList;
import io.renderfleet.transport.http.wire.Wire;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link FrameList} as JSON, written frame by frame as it is read: a job may have a million frames, and the text of so many never
 * stands in memory. For one reader.
 */
final class FrameListStream extends InputStream {
    private static final byte[] HEAD = bytes("{\"frames\":[");
    private static final byte[] TAIL = bytes("]}");
    private static final byte[] COMMA = bytes(",");

    private final Iterator<FrameOutput> frames;
    private final @Nullable String attempt;
    private byte[] piece = HEAD;
    private int at;
    private boolean comma;

    FrameListStream(List<FrameOutput> frames, @Nullable String attempt) {
        this.frames = frames.iterator();
        this.attempt = attempt;
    }

    @Override
    public int read() {
        return hasMore() ? piece[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        int count = 0;
        while (count < length && hasMore()) {
            int part = Math.min(length - count, piece.length - at);
            System.arraycopy(piece, at, into, offset + count, part);
            at += part;
            count += part;
        }
        return count == 0 && length > 0 ? -1 : count;
    }

    private boolean hasMore() {
        if (at == piece.length && piece != TAIL) {
            at = 0;
            piece = next();
        }
        return at < piece.length;
    }

    private byte[] next() {
        if (!frames.hasNext()) {
            return TAIL;
        }
        if (comma) {
            comma = false;
            return COMMA;
        }
        comma = true;
        return Wire.write(FrameList.Entry.of(frames.next(), attempt));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
