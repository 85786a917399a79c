package io.renderfleet.node.verify;

import java.io.IOException;
import java.nio.ByteOrder;

/** JPEG (ITU-T T.81): from SOI over every segment and scan to EOI. */
final class JpegCheck implements ImageFormat.Check {
    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int TEM = 0x01;
    private static final int FIRST_RST = 0xd0;
    private static final int LAST_RST = 0xd7;
    /** A progressive image is held whole while it is decoded: beyond this its structure must do. */
    private static final long MAX_PROGRESSIVE_PIXELS = 16L * 1024 * 1024;

    @Override
    public boolean check(Bytes bytes) throws IOException, FlawException {
        bytes.order(ByteOrder.BIG_ENDIAN).skip(2);
        boolean decodable = false;
        boolean scanned = false;
        int marker = nextMarker(bytes);
        while (marker != EOI) {
            if (marker == SOI || (marker >= FIRST_RST && marker <= LAST_RST)) {
                throw new FlawException("has a JPEG marker where none can be");
            }
            if (marker != TEM) {
                int length = bytes.u16();
                if (length < 2) {
                    throw new FlawException("has a JPEG segment without a length");
                }
                if (isFrameHeader(marker) && length >= 8) {
                    decodable = isDecodable(bytes, marker, length - 2);
                } else {
                    bytes.skip(length - 2L);
                }
            }
            if (marker == SOS) {
                scanned = true;
                marker = afterScan(bytes);
            } else {
                marker = nextMarker(bytes);
            }
        }
        if (!scanned) {
            throw new FlawException("has no JPEG scan");
        }
        return decodable;
    }

    private static boolean isFrameHeader(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    /** The JDK knows baseline, extended sequential and progressive images of 8 bits. */
    private static boolean isDecodable(Bytes bytes, int marker, int length) throws IOException, FlawException {
        int precision = bytes.u8();
        long height = bytes.u16();
        long width = bytes.u16();
        bytes.skip(length - 5L);
        return precision == 8
                && (marker == 0xc0 || marker == 0xc1 || (marker == 0xc2 && width * height <= MAX_PROGRESSIVE_PIXELS));
    }

    private static int nextMarker(Bytes bytes) throws IOException, FlawException {
        if (bytes.u8() != 0xff) {
            throw new FlawException("has no JPEG marker where one must be");
        }
        return fillThenCode(bytes);
    }

    private static int fillThenCode(Bytes bytes) throws IOException, FlawException {
        int code = bytes.u8();
        while (code == 0xff) {
            code = bytes.u8();
        }
        return code;
    }

    /** Passes the entropy-coded data, in which FF stands as FF 00. */
    private static int afterScan(Bytes bytes) throws IOException, FlawException {
        while (true) {
            if (bytes.u8() == 0xff) {
                int code = fillThenCode(bytes);
                if (code != 0 && (code < FIRST_RST || code > LAST_RST)) {
                    return code;
                }
            }
        }
    }
}
