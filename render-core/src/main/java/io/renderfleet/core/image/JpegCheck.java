package io.renderfleet.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** JPEG (ITU-T T.81): from SOI over every segment and scan to EOI. */
final class JpegCheck implements FormatCheck {
    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int TEM = 0x01;
    private static final int FIRST_RST = 0xd0;
    private static final int LAST_RST = 0xd7;
    /** A progressive image is held whole while it is decoded: beyond this its structure must do. */
    private static final long MAX_PROGRESSIVE_PIXELS = 16L * 1024 * 1024;

    private final Feed feed;
    private final Findings findings;
    private boolean framed;
    private boolean scanned;
    private boolean escape;
    private int found;

    JpegCheck(Feed feed, Findings findings) {
        this.feed = feed;
        this.findings = findings;
    }

    @Override
    public void begin() throws FlawException {
        feed.order(ByteOrder.BIG_ENDIAN);
        feed.fields(3, start -> {
            if (start.getShort() != (short) (0xff00 | SOI) || start.get() != (byte) 0xff) {
                throw new FlawException("does not begin like a JPEG file");
            }
            code();
        });
    }

    private void marker() throws FlawException {
        feed.fields(1, field -> {
            if (field.get() != (byte) 0xff) {
                throw new FlawException("has no JPEG marker where one must be");
            }
            code();
        });
    }

    private void code() throws FlawException {
        feed.fields(1, field -> {
            int code = field.get() & 0xff;
            if (code == 0xff) {
                code();
            } else {
                segment(code);
            }
        });
    }

    private void segment(int marker) throws FlawException {
        if (marker == SOI || (marker >= FIRST_RST && marker <= LAST_RST)) {
            throw new FlawException("has a JPEG marker where none can be");
        }
        if (marker == EOI) {
            if (!scanned) {
                throw new FlawException("has no JPEG scan");
            }
            feed.done();
        } else if (marker == TEM) {
            marker();
        } else {
            feed.fields(2, field -> body(marker, (field.getShort() & 0xffff) - 2));
        }
    }

    private void body(int marker, int length) throws FlawException {
        if (length < 0) {
            throw new FlawException("has a JPEG segment without a length");
        }
        if (isFrameHeader(marker) && length >= 6) {
            feed.fields(5, fields -> {
                frame(marker, fields);
                feed.skip(length - 5L, this::marker);
            });
        } else if (marker == SOS) {
            if (!framed) {
                throw new FlawException("has a JPEG scan before it says how large it is");
            }
            feed.skip(length, this::scan);
        } else {
            feed.skip(length, this::marker);
        }
    }

    private static boolean isFrameHeader(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    /** The JDK knows baseline, extended sequential and progressive images of 8 bits. */
    private void frame(int marker, ByteBuffer fields) throws FlawException {
        int precision = fields.get() & 0xff;
        long height = fields.getShort() & 0xffff;
        long width = fields.getShort() & 0xffff;
        framed = true;
        if (height > 0) {
            // A height of 0 says that it follows after the first scan.
            findings.size(width, height);
        }
        boolean known =
                marker == 0xc0 || marker == 0xc1 || (marker == 0xc2 && width * height <= MAX_PROGRESSIVE_PIXELS);
        findings.decodable(precision == 8 && known);
    }

    /** Passes the entropy-coded data, in which FF stands as FF 00. */
    private void scan() {
        scanned = true;
        escape = false;
        feed.search(this::isMarkerIn, () -> segment(found));
    }

    private boolean isMarkerIn(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int c = bytes.get() & 0xff;
            if (c == 0xff) {
                escape = true;
            } else if (escape && c != 0 && (c < FIRST_RST || c > LAST_RST)) {
                found = c;
                return true;
            } else {
                escape = false;
            }
        }
        return false;
    }
}
