package io.renderfleet.core.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads numbers out of a file of any length, at any place, with a buffer of 4 KiB. Not thread-safe. */
final class Bytes implements Closeable {
    private final FileChannel file;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(4 * 1024);
    /** Where the first byte of the buffer stands in the file. */
    private long base;

    private Bytes(FileChannel file) throws IOException {
        this.file = file;
        this.size = file.size();
        buffer.limit(0);
    }

    static Bytes open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new Bytes(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    Bytes order(ByteOrder order) {
        buffer.order(order);
        return this;
    }

    long size() {
        return size;
    }

    long position() {
        return base + buffer.position();
    }

    /** Goes on reading elsewhere. */
    void seek(long position) throws FlawException {
        if (position < 0 || position > size) {
            throw new FlawException("points to byte " + position + " of " + size);
        }
        if (position >= base && position <= base + buffer.limit()) {
            buffer.position((int) (position - base));
        } else {
            base = position;
            buffer.limit(0);
        }
    }

    void skip(long count) throws FlawException {
        if (count < 0 || count > size - position()) {
            throw endsEarly();
        }
        seek(position() + count);
    }

    int u8() throws IOException, FlawException {
        need(1);
        return buffer.get() & 0xff;
    }

    int u16() throws IOException, FlawException {
        need(2);
        return buffer.getShort() & 0xffff;
    }

    int i32() throws IOException, FlawException {
        need(4);
        return buffer.getInt();
    }

    long u32() throws IOException, FlawException {
        return i32() & 0xffff_ffffL;
    }

    long i64() throws IOException, FlawException {
        need(8);
        return buffer.getLong();
    }

    private void need(int count) throws IOException, FlawException {
        if (buffer.remaining() >= count) {
            return;
        }
        base += buffer.position();
        buffer.compact();
        while (buffer.position() < count) {
            if (file.read(buffer, base + buffer.position()) < 0) {
                buffer.flip();
                throw endsEarly();
            }
        }
        buffer.flip();
    }

    private FlawException endsEarly() {
        return new FlawException("is cut off after " + size + " bytes");
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
