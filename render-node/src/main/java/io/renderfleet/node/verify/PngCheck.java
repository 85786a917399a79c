package io.renderfleet.node.verify;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * PNG (ISO/IEC 15948): the signature, each chunk's length and CRC, the pixels inflated and counted, IEND at the end.
 *
 * <p>Inflating and counting is all that decoding could find out, so the JDK need not do it again.
 */
final class PngCheck implements ImageFormat.Check {
    private static final int SIGNATURE = 8;
    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454e44;

    @Override
    public boolean check(Bytes bytes) throws IOException, FlawException {
        bytes.order(ByteOrder.BIG_ENDIAN).skip(SIGNATURE);
        byte[] buffer = new byte[16 * 1024];
        try (PngPixels pixels = header(bytes)) {
            int type;
            do {
                long length = bytes.u32();
                type = bytes.i32();
                CRC32 crc = crcOf(type);
                for (long left = length; left > 0; ) {
                    int read = bytes.read(buffer, (int) Math.min(left, buffer.length));
                    crc.update(buffer, 0, read);
                    if (type == IDAT) {
                        pixels.add(buffer, read);
                    }
                    left -= read;
                }
                requireCrc(bytes, crc, type);
            } while (type != IEND);
            pixels.requireAll();
        }
        return false;
    }

    private static PngPixels header(Bytes bytes) throws IOException, FlawException {
        if (bytes.u32() != 13 || bytes.i32() != IHDR) {
            throw new FlawException("has no PNG header");
        }
        byte[] header = new byte[13];
        for (int i = 0; i < header.length; i++) {
            header[i] = (byte) bytes.u8();
        }
        CRC32 crc = crcOf(IHDR);
        crc.update(header);
        requireCrc(bytes, crc, IHDR);
        return PngPixels.of(header);
    }

    private static CRC32 crcOf(int type) {
        CRC32 crc = new CRC32();
        for (int shift = 24; shift >= 0; shift -= 8) {
            crc.update(type >>> shift);
        }
        return crc;
    }

    private static void requireCrc(Bytes bytes, CRC32 crc, int type) throws IOException, FlawException {
        if (bytes.u32() != crc.getValue()) {
            throw new FlawException("has a wrong checksum in its chunk " + name(type));
        }
    }

    private static String name(int type) {
        StringBuilder name = new StringBuilder(4);
        for (int shift = 24; shift >= 0; shift -= 8) {
            int c = (type >>> shift) & 0xff;
            name.append(c >= 'A' && c <= 'z' ? (char) c : '?');
        }
        return name.toString();
    }
}
