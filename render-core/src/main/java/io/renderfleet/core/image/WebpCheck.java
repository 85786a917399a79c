package io.renderfleet.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** WebP (RFC 9649): the RIFF length, every chunk inside it, and at least one that holds an image. */
final class WebpCheck implements FormatCheck {
    private static final int RIFF = fourCc("RIFF");
    private static final int WEBP = fourCc("WEBP");
    private static final int EXTENDED = fourCc("VP8X");
    private static final int LOSSY = fourCc("VP8 ");
    private static final int LOSSLESS = fourCc("VP8L");
    private static final int ANIMATION_FRAME = fourCc("ANMF");

    private final Feed feed;
    private final Findings findings;
    private boolean image;

    WebpCheck(Feed feed, Findings findings) {
        this.feed = feed;
        this.findings = findings;
    }

    @Override
    public void begin() throws FlawException {
        feed.order(ByteOrder.LITTLE_ENDIAN);
        feed.fields(12, this::header);
    }

    private void header(ByteBuffer fields) throws FlawException {
        if (fields.getInt() != RIFF) {
            throw new FlawException("does not begin like a WebP file");
        }
        long length = (fields.getInt() & 0xffff_ffffL) + 8;
        if (length != feed.size()) {
            throw new FlawException("has " + feed.size() + " bytes, but " + length + " by its own count");
        }
        if (fields.getInt() != WEBP) {
            throw new FlawException("is RIFF, but no WebP");
        }
        chunk();
    }

    private void chunk() throws FlawException {
        if (feed.rest() > 0) {
            feed.fields(8, head -> content(head.getInt(), head.getInt() & 0xffff_ffffL));
        } else if (image) {
            feed.done();
        } else {
            throw new FlawException("holds no image");
        }
    }

    private void content(int type, long size) throws FlawException {
        image |= size > 0 && (type == LOSSY || type == LOSSLESS || type == ANIMATION_FRAME);
        long padded = size + (size & 1);
        int head = headOf(type);
        if (head == 0 || size == 0) {
            feed.skip(padded, this::chunk);
        } else if (size < head) {
            throw new FlawException("has an image without a header");
        } else {
            feed.fields(head, fields -> {
                size(type, fields);
                feed.skip(padded - head, this::chunk);
            });
        }
    }

    /** How many bytes of a chunk say how large the image is. */
    private static int headOf(int type) {
        if (type == EXTENDED || type == LOSSY) {
            return 10;
        }
        return type == LOSSLESS ? 5 : 0;
    }

    private void size(int type, ByteBuffer fields) throws FlawException {
        if (type == EXTENDED) {
            findings.size(1 + (fields.getInt(4) & 0xff_ffff), 1 + (fields.getInt(6) >>> 8));
        } else if (type == LOSSLESS) {
            int sides = fields.getInt(1);
            requireMark(fields.get(0) == 0x2f);
            findings.size(1 + (sides & 0x3fff), 1 + ((sides >>> 14) & 0x3fff));
        } else {
            // Only a key frame, whose lowest bit is 0, stands alone (RFC 6386, 9.1).
            requireMark((fields.get(0) & 1) == 0 && (fields.getInt(2) >>> 8) == 0x2a_019d);
            findings.size(fields.getShort(6) & 0x3fff, fields.getShort(8) & 0x3fff);
        }
    }

    private static void requireMark(boolean there) throws FlawException {
        if (!there) {
            throw new FlawException("has an image that does not begin like one");
        }
    }

    private static int fourCc(String text) {
        return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
    }
}
