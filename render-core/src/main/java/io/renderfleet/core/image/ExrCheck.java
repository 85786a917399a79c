package io.renderfleet.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * OpenEXR (file layout of version 2): the headers of all parts, and every chunk of the offset tables inside the file and where it
 * says. Chunks of scan lines that are stored plain or as ZIP are also counted, which finds damage inside of them.
 */
final class ExrCheck implements FormatCheck {
    private static final int MAGIC = 20_000_630;
    private static final int TILED = 0x200;
    private static final int LONG_NAMES = 0x400;
    private static final int DEEP = 0x800;
    private static final int MULTIPART = 0x1000;
    private static final int MAX_PARTS = 1_000;

    private final Feed feed;
    private final Findings findings;
    private final ExrChunks chunks;
    private final List<ExrPart> parts = new ArrayList<>();
    private int flags;

    ExrCheck(Feed feed, Findings findings) {
        this.feed = feed;
        this.findings = findings;
        this.chunks = new ExrChunks(feed);
    }

    @Override
    public void begin() throws FlawException {
        feed.order(ByteOrder.LITTLE_ENDIAN);
        feed.fields(8, this::version);
    }

    private void version(ByteBuffer fields) throws FlawException {
        if (fields.getInt() != MAGIC) {
            throw new FlawException("does not begin like an OpenEXR file");
        }
        int version = fields.getInt();
        flags = version & ~0xff;
        if ((version & 0xff) != 2 || (flags & ~(TILED | LONG_NAMES | DEEP | MULTIPART)) != 0) {
            throw new FlawException("has an unknown OpenEXR version");
        }
        feed.name(longest(), this::attribute);
    }

    private int longest() {
        return (flags & LONG_NAMES) != 0 ? 255 : 31;
    }

    private boolean isMultipart() {
        return (flags & MULTIPART) != 0;
    }

    /** The first attribute of a part; an empty name ends a file's list of parts. */
    private void attribute(String first) throws FlawException {
        if (!isMultipart() || !first.isEmpty()) {
            if (parts.size() == MAX_PARTS) {
                throw new FlawException("has more than " + MAX_PARTS + " parts");
            }
            boolean tiled = !isMultipart() && (flags & TILED) != 0;
            new ExrHeader(feed, longest(), header -> part(header, tiled)).begin(first);
        } else if (parts.isEmpty()) {
            throw new FlawException("has no part");
        } else {
            chunks.begin(parts, true);
        }
    }

    private void part(ExrHeader header, boolean tiled) throws FlawException {
        ExrPart part = header.part(tiled);
        parts.add(part);
        ExrPart.Window shown = header.shown();
        findings.size(shown.width(), shown.height());
        if (isMultipart()) {
            feed.name(longest(), this::attribute);
        } else {
            chunks.begin(parts, false);
        }
    }

    @Override
    public void close() {
        chunks.close();
    }
}
