package io.renderfleet.core.image;

import java.io.IOException;
import java.nio.ByteOrder;

/** TIFF (6.0, and BigTIFF): every directory of the chain, and all its strips or tiles, inside the file. */
final class TiffCheck {
    private static final int MAX_DIRECTORIES = 10_000;

    private TiffCheck() {}

    /** Looks at the whole file. Says whether the JDK should decode it too, and can in bounded memory. */
    static boolean isDecodable(Bytes bytes, Findings findings) throws IOException, FlawException {
        int order = bytes.u16();
        if (order != 0x4949 && order != 0x4d4d) {
            throw new FlawException("does not begin like a TIFF file");
        }
        bytes.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int version = bytes.u16();
        if (version != 42 && version != 43) {
            throw new FlawException("does not begin like a TIFF file");
        }
        boolean big = version == 43;
        if (big) {
            bytes.skip(4);
        }
        boolean decodable = !big;
        long next = big ? bytes.i64() : bytes.u32();
        if (next == 0) {
            throw new FlawException("has no TIFF directory");
        }
        for (int count = 0; next != 0; count++) {
            if (count == MAX_DIRECTORIES) {
                throw new FlawException("has TIFF directories without end");
            }
            bytes.seek(next);
            TiffDirectory directory = TiffDirectory.read(bytes, big);
            next = directory.next();
            directory.requireDataInside(bytes);
            findings.size(directory.width(), directory.height());
            decodable &= directory.isDecodable();
        }
        return decodable;
    }
}
