package io.renderfleet.transport.http.wire;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A list as pieces of JSON: what comes before it, each of its entries, what comes behind it. Not thread-safe. */
final class JsonPieces implements Iterator<byte[]> {
    private final byte[] begin;
    private final Iterator<?> entries;
    private final String separator;
    private final byte[] end;
    private boolean begun;
    private boolean first = true;
    private boolean ended;

    /**
     * @param separator between two entries
     */
    JsonPieces(String begin, Iterator<?> entries, String separator, String end) {
        this.begin = begin.getBytes(StandardCharsets.UTF_8);
        this.entries = entries;
        this.separator = separator;
        this.end = end.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean hasNext() {
        return !ended;
    }

    @Override
    public byte[] next() {
        if (!begun) {
            begun = true;
            return begin;
        }
        if (entries.hasNext()) {
            byte[] entry = Wire.write(entries.next());
            byte[] piece = first ? entry : behind(separator, entry);
            first = false;
            return piece;
        }
        if (ended) {
            throw new NoSuchElementException();
        }
        ended = true;
        return end;
    }

    private static byte[] behind(String separator, byte[] entry) {
        byte[] before = separator.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[before.length + entry.length];
        System.arraycopy(before, 0, bytes, 0, before.length);
        System.arraycopy(entry, 0, bytes, before.length, entry.length);
        return bytes;
    }
}
