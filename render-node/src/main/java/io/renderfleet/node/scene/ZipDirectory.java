package io.renderfleet.node.scene;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The list of files at the end of a zip, looked at before the JDK reads it: the JDK takes the whole list into memory however long it is,
 * and does not say which entries are links. (APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16.)
 */
final class ZipDirectory {
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LOCATOR = 0x07064b50;
    private static final int LOCATOR_BYTES = 20;
    private static final int LARGE_END_BYTES = 56;
    private static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int MAX_COMMENT = 0xffff;
    private static final int MAX_BYTES = 64 * 1024 * 1024;
    private static final int KIND_OF_FILE = 0xf000;
    private static final int LINK = 0xa000;

    private ZipDirectory() {}

    /** Refuses an archive whose list is too long, or that holds a link. */
    static void check(Path archive) throws IOException, ZipScene.RefusedException {
        try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "r")) {
            long end = findEnd(file);
            long bytes = read(file, end, END_BYTES).getInt(12) & 0xffff_ffffL;
            if (bytes > MAX_BYTES) {
                throw new ZipScene.RefusedException("The zip has too long a list of files.");
            }
            long begin = beforeLargeEnd(file, end) - bytes;
            if (begin < 0) {
                throw new ZipScene.RefusedException("The zip is cut off.");
            }
            refuseLinks(read(file, begin, (int) bytes));
        }
    }

    private static long findEnd(RandomAccessFile file) throws IOException, ZipScene.RefusedException {
        int length = (int) Math.min(file.length(), END_BYTES + MAX_COMMENT);
        long offset = file.length() - length;
        ByteBuffer last = read(file, offset, length);
        for (int at = length - END_BYTES; at >= 0; at--) {
            if (last.getInt(at) == END) {
                return offset + at;
            }
        }
        throw new ZipScene.RefusedException("The zip is cut off.");
    }

    /** Where the list ends: before the records of a zip that is larger than 4 GiB, if there are such, else before the usual one. */
    private static long beforeLargeEnd(RandomAccessFile file, long end) throws IOException {
        long locator = end - LOCATOR_BYTES;
        if (locator < LARGE_END_BYTES) {
            return end;
        }
        ByteBuffer bytes = read(file, locator, LOCATOR_BYTES);
        long largeEnd = bytes.getLong(8);
        return bytes.getInt(0) == LOCATOR && largeEnd > 0 && largeEnd < locator ? largeEnd : end;
    }

    private static void refuseLinks(ByteBuffer list) throws ZipScene.RefusedException {
        int at = 0;
        while (at + ENTRY_BYTES <= list.limit() && list.getInt(at) == ENTRY) {
            int nameBytes = list.getShort(at + 28) & 0xffff;
            int extraBytes = list.getShort(at + 30) & 0xffff;
            int commentBytes = list.getShort(at + 32) & 0xffff;
            int mode = list.getInt(at + 38) >>> 16;
            if ((mode & KIND_OF_FILE) == LINK) {
                byte[] name = new byte[Math.min(nameBytes, list.limit() - at - ENTRY_BYTES)];
                list.get(at + ENTRY_BYTES, name);
                throw new ZipScene.RefusedException(
                        "The zip holds '" + ZipScene.shown(new String(name, StandardCharsets.UTF_8))
                                + "', a symbolic link: pack the file itself in its place (zip does without"
                                + " --symlinks).");
            }
            at += ENTRY_BYTES + nameBytes + extraBytes + commentBytes;
        }
    }

    private static ByteBuffer read(RandomAccessFile file, long from, int count) throws IOException {
        byte[] bytes = new byte[count];
        file.seek(from);
        file.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
