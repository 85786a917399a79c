package io.renderfleet.core.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Looks at the offset tables of all parts, and at every chunk that they name, in the order in which the chunks stand in the file: that
 * may be any, and need not be that of the tables.
 */
final class ExrChunks implements AutoCloseable {
    /** An index has 21 bits, which leaves 42 for an offset: 4 TiB. */
    private static final int INDEX_BITS = 21;

    private static final int MOST = 1 << INDEX_BITS;
    private static final long FARTHEST = 1L << (Long.SIZE - 1 - INDEX_BITS);
    private static final int FIRST_ROOM = 2_048;

    private final Feed feed;
    private final InflatedCount pixels = new InflatedCount();
    private List<ExrPart> parts = List.of();
    private boolean numbered;
    private long total;
    /** Offsets with the index of their chunk behind them, so that sorting them is all it takes; grows with what comes. */
    private long[] places = new long[0];

    private int listed;
    private long firstByte;
    private int next;
    private int part;
    private long firstOfPart;

    ExrChunks(Feed feed) {
        this.feed = feed;
    }

    /**
     * Begins at the offset tables.
     *
     * @param of all parts, in the order of the tables
     * @param multipart whether chunks say which part they are of
     */
    void begin(List<ExrPart> of, boolean multipart) throws FlawException {
        parts = List.copyOf(of);
        numbered = multipart;
        for (ExrPart each : parts) {
            if (each.chunks() > feed.size() / 8) {
                throw cutOffInTable();
            }
            total += each.chunks();
        }
        if (total > feed.rest() / 8) {
            throw cutOffInTable();
        }
        if (total > MOST || feed.size() > FARTHEST) {
            throw new FlawException("has more than " + MOST + " chunks or " + FARTHEST + " bytes");
        }
        firstByte = feed.position() + 8 * total;
        places = new long[(int) Math.min(total, FIRST_ROOM)];
        feed.fields(8, this::list);
    }

    private static FlawException cutOffInTable() {
        return new FlawException("is cut off in its offset table");
    }

    private void list(ByteBuffer field) throws FlawException {
        long offset = field.getLong();
        if (offset == 0) {
            throw new FlawException("was not written to its end: a chunk is missing");
        }
        if (offset < firstByte || offset >= feed.size()) {
            throw new FlawException("points to a chunk at byte " + offset + " of " + feed.size());
        }
        if (listed == places.length) {
            places = Arrays.copyOf(places, (int) Math.min(total, 2L * places.length));
        }
        places[listed] = offset << INDEX_BITS | listed;
        listed++;
        if (listed < total) {
            feed.fields(8, this::list);
        } else {
            Arrays.sort(places);
            seek();
        }
    }

    /** Goes to the next chunk that a table names; what is between chunks does not matter. */
    private void seek() throws FlawException {
        if (next == listed) {
            feed.done();
            return;
        }
        long offset = places[next] >>> INDEX_BITS;
        if (offset < feed.position()) {
            throw new FlawException("has chunks that overlap at byte " + offset + " of " + feed.size());
        }
        long index = places[next] & (MOST - 1);
        next++;
        feed.skip(offset - feed.position(), () -> chunk(index));
    }

    private void chunk(long index) throws FlawException {
        while (index < firstOfPart) {
            part--;
            firstOfPart -= parts.get(part).chunks();
        }
        while (index >= firstOfPart + parts.get(part).chunks()) {
            firstOfPart += parts.get(part).chunks();
            part++;
        }
        ExrPart of = parts.get(part);
        int number = part;
        long inPart = index - firstOfPart;
        int head = (numbered ? 4 : 0) + (of.tiles() == null ? 4 : 16) + (of.deep() ? 24 : 4);
        feed.fields(head, fields -> {
            if (numbered && fields.getInt() != number) {
                throw new FlawException("points to a chunk of another part");
            }
            content(of, inPart, fields);
        });
    }

    private void content(ExrPart of, long index, ByteBuffer fields) throws FlawException {
        int line = fields.getInt();
        if (of.tiles() != null) {
            fields.position(fields.position() + 12);
        } else if (line != of.window().top() + index * of.linesPerChunk()) {
            // The table goes downwards, whatever the order of lines in the file is.
            throw new FlawException("has a chunk for line " + line + " where another one belongs");
        }
        long size = of.deep() ? deepSize(fields.getLong(), fields.getLong()) : fields.getInt() & 0xffff_ffffL;
        if (size < 0 || size > feed.rest()) {
            throw new FlawException("is cut off in a chunk, after " + feed.size() + " bytes");
        }
        if (of.deep() || of.tiles() != null) {
            feed.skip(size, this::seek);
        } else {
            lines(of, line, size);
        }
    }

    private static long deepSize(long table, long samples) {
        return table < 0 || samples < 0 ? -1 : table + samples;
    }

    private void lines(ExrPart of, int line, long size) throws FlawException {
        long plain = of.plainBytes(line);
        boolean stored = size == plain;
        if (of.compression() == ExrPart.NO_COMPRESSION && !stored) {
            throw new FlawException("has " + size + " of " + plain + " bytes in the chunk of line " + line);
        }
        boolean zip = of.compression() == ExrPart.ZIP_LINES || of.compression() == ExrPart.ZIP_BLOCKS;
        if (!zip || stored) {
            feed.skip(size, this::seek);
            return;
        }
        pixels.expect(plain);
        feed.pass(
                size,
                piece -> {
                    pixels.add(piece);
                    requirePixels(!pixels.isWrong(), line);
                },
                () -> {
                    requirePixels(pixels.isWhole(), line);
                    seek();
                });
    }

    private static void requirePixels(boolean right, int line) throws FlawException {
        if (!right) {
            throw new FlawException("has damaged pixels in the chunk of line " + line);
        }
    }

    @Override
    public void close() {
        pixels.close();
    }
}
