package io.renderfleet.node.verify;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * OpenEXR (file layout of version 2): the headers of all parts, and every chunk of the offset tables inside the file and where it
 * says. Chunks of scan lines that are stored plain or as ZIP are also counted, which finds damage inside of them.
 */
final class ExrCheck implements ImageFormat.Check {
    private static final int TILED = 0x200;
    private static final int LONG_NAMES = 0x400;
    private static final int DEEP = 0x800;
    private static final int MULTIPART = 0x1000;
    private static final int MAX_PARTS = 1_000;
    /** So many offsets are held at a time. */
    private static final int PAGE = 8_192;

    @Override
    public boolean check(Bytes bytes) throws IOException, FlawException {
        bytes.order(ByteOrder.LITTLE_ENDIAN).skip(4);
        int version = bytes.i32();
        int flags = version & ~0xff;
        if ((version & 0xff) != 2 || (flags & ~(TILED | LONG_NAMES | DEEP | MULTIPART)) != 0) {
            throw new FlawException("has an unknown OpenEXR version");
        }
        List<ExrPart> parts = parts(bytes, flags);
        long table = bytes.position();
        long data = table;
        for (ExrPart part : parts) {
            if (part.chunks() > bytes.size() / 8) {
                throw new FlawException("is cut off in its offset table");
            }
            data += 8 * part.chunks();
        }
        boolean multipart = (flags & MULTIPART) != 0;
        for (int number = 0; number < parts.size(); number++) {
            ExrChunks chunks = new ExrChunks(bytes, parts.get(number), multipart ? number : -1, data);
            checkAll(bytes, table, chunks, parts.get(number).chunks());
            table += 8 * parts.get(number).chunks();
        }
        return false;
    }

    private static List<ExrPart> parts(Bytes bytes, int flags) throws IOException, FlawException {
        int longest = (flags & LONG_NAMES) != 0 ? 255 : 31;
        if ((flags & MULTIPART) == 0) {
            return List.of(ExrPart.read(bytes, longest, (flags & TILED) != 0, bytes.zeroTerminated(longest)));
        }
        List<ExrPart> parts = new ArrayList<>();
        for (String first = bytes.zeroTerminated(longest); !first.isEmpty(); first = bytes.zeroTerminated(longest)) {
            if (parts.size() == MAX_PARTS) {
                throw new FlawException("has more than " + MAX_PARTS + " parts");
            }
            parts.add(ExrPart.read(bytes, longest, false, first));
        }
        if (parts.isEmpty()) {
            throw new FlawException("has no part");
        }
        return parts;
    }

    private static void checkAll(Bytes bytes, long table, ExrChunks chunks, long count)
            throws IOException, FlawException {
        for (long done = 0; done < count; done += PAGE) {
            long[] offsets = new long[(int) Math.min(PAGE, count - done)];
            bytes.seek(table + 8 * done);
            for (int i = 0; i < offsets.length; i++) {
                offsets[i] = bytes.i64();
            }
            for (int i = 0; i < offsets.length; i++) {
                chunks.check(done + i, offsets[i]);
            }
        }
    }
}
