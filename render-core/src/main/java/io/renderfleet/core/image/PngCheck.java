package io.renderfleet.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * PNG (ISO/IEC 15948): the signature, each chunk's length, place and CRC, the pixels inflated and counted, IEND at the end.
 *
 * <p>Inflating and counting is all that decoding could find out, so the JDK need not do it again.
 */
final class PngCheck implements FormatCheck {
    private static final long SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504c5445;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454e44;

    private final Feed feed;
    private final Findings findings;
    private final InflatedCount pixels = new InflatedCount();
    private final CRC32 crc = new CRC32();
    private boolean needsPalette;
    private boolean hasPixels;
    private int before = IHDR;

    PngCheck(Feed feed, Findings findings) {
        this.feed = feed;
        this.findings = findings;
    }

    @Override
    public void begin() throws FlawException {
        feed.order(ByteOrder.BIG_ENDIAN);
        feed.fields(8, signature -> {
            if (signature.getLong() != SIGNATURE) {
                throw new FlawException("does not begin like a PNG file");
            }
            feed.fields(8 + PngHeader.LENGTH + 4, this::header);
        });
    }

    private void header(ByteBuffer fields) throws FlawException {
        if (fields.getInt() != PngHeader.LENGTH || fields.getInt() != IHDR) {
            throw new FlawException("has no PNG header");
        }
        crc.update(fields.duplicate().position(4).limit(8 + PngHeader.LENGTH));
        PngHeader header = PngHeader.read(fields);
        if (fields.getInt() != (int) crc.getValue()) {
            throw wrongChecksum(IHDR);
        }
        findings.size(header.width(), header.height());
        needsPalette = header.isIndexed();
        pixels.expect(header.bytes());
        chunk();
    }

    private void chunk() throws FlawException {
        feed.fields(8, head -> {
            long length = head.getInt() & 0xffff_ffffL;
            crc.reset();
            crc.update(head.duplicate().position(4));
            int type = head.getInt();
            requirePlace(type, length);
            before = type;
            feed.pass(length, type == IDAT ? this::pixels : crc::update, () -> checksum(type));
        });
    }

    private void requirePlace(int type, long length) throws FlawException {
        boolean wrong = switch (type) {
            case IHDR -> true;
            case IDAT -> needsPalette || (hasPixels && before != IDAT);
            case IEND -> length != 0;
            default -> false;
        };
        if (wrong) {
            throw new FlawException("has a chunk " + name(type) + " where none can be");
        }
        hasPixels |= type == IDAT;
        needsPalette &= type != PLTE;
    }

    private void pixels(ByteBuffer piece) throws FlawException {
        crc.update(piece.duplicate());
        pixels.add(piece);
        if (pixels.isWrong()) {
            throw damaged();
        }
    }

    private void checksum(int type) throws FlawException {
        feed.fields(4, field -> {
            if (field.getInt() != (int) crc.getValue()) {
                throw wrongChecksum(type);
            }
            if (type != IEND) {
                chunk();
            } else if (!pixels.isWhole()) {
                throw damaged();
            } else {
                feed.done();
            }
        });
    }

    private FlawException damaged() {
        return new FlawException(pixels.flaw());
    }

    private static FlawException wrongChecksum(int type) {
        return new FlawException("has a wrong checksum in its chunk " + name(type));
    }

    private static String name(int type) {
        StringBuilder name = new StringBuilder(4);
        for (int shift = 24; shift >= 0; shift -= 8) {
            int c = (type >>> shift) & 0xff;
            name.append(c >= 'A' && c <= 'z' ? (char) c : '?');
        }
        return name.toString();
    }

    @Override
    public void close() {
        pixels.close();
    }
}
