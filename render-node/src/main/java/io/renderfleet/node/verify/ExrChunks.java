package io.renderfleet.node.verify;

import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Looks at the chunks of one part, one by one. */
final class ExrChunks {
    private final Bytes bytes;
    private final ExrPart part;
    private final int number;
    private final long firstByte;

    /**
     * Looks at one part.
     *
     * @param number which part it is, or -1 in a file that has but one
     * @param firstByte where the offset tables end
     */
    ExrChunks(Bytes bytes, ExrPart part, int number, long firstByte) {
        this.bytes = bytes;
        this.part = part;
        this.number = number;
        this.firstByte = firstByte;
    }

    void check(long index, long offset) throws IOException, FlawException {
        if (offset == 0) {
            throw new FlawException("was not written to its end: a chunk is missing");
        }
        if (offset < firstByte || offset >= bytes.size()) {
            throw new FlawException("points to a chunk at byte " + offset + " of " + bytes.size());
        }
        bytes.seek(offset);
        if (number >= 0 && bytes.i32() != number) {
            throw new FlawException("points to a chunk of another part");
        }
        int line = 0;
        if (part.tiles() != null) {
            bytes.skip(16);
        } else {
            line = bytes.i32();
            // The table goes downwards, whatever the order of lines in the file is.
            if (line != part.window().top() + index * part.linesPerChunk()) {
                throw new FlawException("has a chunk for line " + line + " where another one belongs");
            }
        }
        long size = part.deep() ? deepSize() : bytes.u32();
        if (size < 0 || size > bytes.size() - bytes.position()) {
            throw new FlawException("is cut off in a chunk, after " + bytes.size() + " bytes");
        }
        if (!part.deep() && part.tiles() == null) {
            checkLines(line, size);
        }
    }

    private long deepSize() throws IOException, FlawException {
        long table = bytes.i64();
        long samples = bytes.i64();
        bytes.skip(8);
        return table < 0 || samples < 0 ? -1 : table + samples;
    }

    private void checkLines(int line, long size) throws IOException, FlawException {
        long plain = part.plainBytes(line);
        boolean stored = size == plain;
        if (part.compression() == ExrPart.NO_COMPRESSION && !stored) {
            throw new FlawException("has " + size + " of " + plain + " bytes in the chunk of line " + line);
        }
        boolean zip = part.compression() == ExrPart.ZIP_LINES || part.compression() == ExrPart.ZIP_BLOCKS;
        if (zip && !stored && inflated(size) != plain) {
            throw new FlawException("has damaged pixels in the chunk of line " + line);
        }
    }

    private long inflated(long size) throws IOException, FlawException {
        Inflater inflater = new Inflater();
        byte[] in = new byte[16 * 1024];
        byte[] out = new byte[16 * 1024];
        long count = 0;
        try {
            for (long left = size; left > 0; ) {
                int read = bytes.read(in, (int) Math.min(left, in.length));
                left -= read;
                inflater.setInput(in, 0, read);
                for (int n = inflater.inflate(out); n > 0; n = inflater.inflate(out)) {
                    count += n;
                }
            }
            return inflater.finished() ? count : -1;
        } catch (DataFormatException e) {
            return -1;
        } finally {
            inflater.end();
        }
    }
}
