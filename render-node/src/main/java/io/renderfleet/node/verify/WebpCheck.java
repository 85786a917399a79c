package io.renderfleet.node.verify;

import java.io.IOException;
import java.nio.ByteOrder;

/** WebP (RFC 9649): the RIFF length, every chunk inside it, and at least one that holds an image. */
final class WebpCheck implements ImageFormat.Check {
    private static final int WEBP = fourCc("WEBP");
    private static final int LOSSY = fourCc("VP8 ");
    private static final int LOSSLESS = fourCc("VP8L");
    private static final int ANIMATION_FRAME = fourCc("ANMF");

    @Override
    public boolean check(Bytes bytes) throws IOException, FlawException {
        bytes.order(ByteOrder.LITTLE_ENDIAN).skip(4);
        long length = bytes.u32();
        if (length + 8 != bytes.size()) {
            throw new FlawException("has " + bytes.size() + " bytes, but " + (length + 8) + " by its own count");
        }
        if (bytes.i32() != WEBP) {
            throw new FlawException("is RIFF, but no WebP");
        }
        boolean image = false;
        while (!bytes.atEnd()) {
            int type = bytes.i32();
            long size = bytes.u32();
            image |= size > 0 && (type == LOSSY || type == LOSSLESS || type == ANIMATION_FRAME);
            bytes.skip(size + (size & 1));
        }
        if (!image) {
            throw new FlawException("holds no image");
        }
        return false;
    }

    private static int fourCc(String text) {
        return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
    }
}
