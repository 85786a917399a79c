package io.renderfleet.core.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the header of one OpenEXR part, and gathers the attributes that say where its chunks are. */
final class ExrHeader {
    private static final int MAX_ATTRIBUTES = 10_000;
    private static final int MAX_CHANNELS = 10_000;
    /** Of samplings: real files have two or three, for luminance and chroma. */
    private static final int MAX_KINDS = 64;

    private static final int CHANNEL = 16;
    private static final int LONGEST_TYPE = 32;

    private final Feed feed;
    private final int longest;
    private final Ready ready;
    private int attributes;
    private long end;
    private int compression = -1;
    private ExrPart.@Nullable Window window;
    private ExrPart.@Nullable Window display;
    private @Nullable Map<ExrPart.Channel, Integer> channels;
    private int channelCount;
    private ExrPart.@Nullable Tiles tiles;
    private String type = "";
    private long chunkCount = -1;

    /** Goes on once the header was read. */
    @FunctionalInterface
    interface Ready {
        void take(ExrHeader header) throws FlawException;
    }

    /**
     * Knows nothing yet.
     *
     * @param longest how many characters a name has at most
     */
    ExrHeader(Feed feed, int longest, Ready ready) {
        this.feed = feed;
        this.longest = longest;
        this.ready = ready;
    }

    /** Goes on behind the name of the first attribute. An empty one ends the header. */
    void begin(String name) throws FlawException {
        if (name.isEmpty()) {
            ready.take(this);
            return;
        }
        if (++attributes > MAX_ATTRIBUTES) {
            throw new FlawException("has an OpenEXR header without end");
        }
        feed.name(
                longest,
                attributeType -> feed.fields(4, size -> attribute(name, attributeType, size.getInt() & 0xffff_ffffL)));
    }

    private void attribute(String name, String attributeType, long size) throws FlawException {
        if (size > feed.rest()) {
            throw new FlawException("is cut off in its header");
        }
        end = feed.position() + size;
        switch (name) {
            case "compression" -> value(1, size, field -> compression = field.get() & 0xff);
            case "dataWindow" -> value(16, size, fields -> window = ExrPart.Window.read(fields));
            case "displayWindow" -> value(16, size, fields -> display = ExrPart.Window.read(fields));
            case "chunkCount" -> value(4, size, field -> chunkCount = field.getInt() & 0xffff_ffffL);
            case "tiles" -> value(9, size, fields -> tiles = ExrPart.Tiles.read(fields));
            case "channels" -> {
                channels = new LinkedHashMap<>();
                channelCount = 0;
                channel();
            }
            case "type" -> {
                if (attributeType.equals("string") && size > 0 && size <= LONGEST_TYPE) {
                    value(
                            (int) size,
                            size,
                            text -> type =
                                    StandardCharsets.ISO_8859_1.decode(text).toString());
                } else {
                    next();
                }
            }
            default -> next();
        }
    }

    private void value(int needed, long size, Feed.Content take) throws FlawException {
        if (size < needed) {
            throw new FlawException("has an attribute of " + size + " bytes in its header that needs " + needed);
        }
        feed.fields(needed, fields -> {
            take.take(fields);
            next();
        });
    }

    /** Goes on behind the attribute, whatever of it was read. */
    private void next() throws FlawException {
        feed.skip(end - feed.position(), () -> feed.name(longest, this::begin));
    }

    private void channel() throws FlawException {
        feed.name(255, name -> {
            if (feed.position() > end) {
                throw impossibleChannels();
            } else if (name.isEmpty()) {
                next();
            } else {
                feed.fields(CHANNEL, this::channel);
            }
        });
    }

    private void channel(ByteBuffer fields) throws FlawException {
        int pixelType = fields.getInt();
        fields.getInt();
        int x = fields.getInt();
        int y = fields.getInt();
        Map<ExrPart.Channel, Integer> known = Objects.requireNonNull(channels);
        boolean impossible = pixelType < 0 || pixelType > 2 || x < 1 || y < 1;
        if (impossible || ++channelCount > MAX_CHANNELS || known.size() > MAX_KINDS) {
            throw impossibleChannels();
        }
        known.merge(new ExrPart.Channel(pixelType == 1 ? 2 : 4, x, y), 1, Integer::sum);
        channel();
    }

    private static FlawException impossibleChannels() {
        return new FlawException("has impossible channels");
    }

    ExrPart part(boolean tiledFlag) throws FlawException {
        if (window == null || channels == null || channels.isEmpty() || compression < 0) {
            throw new FlawException("lacks the size, the channels or the compression in its header");
        }
        if (compression > ExrPart.LAST_COMPRESSION || window.width() < 1 || window.height() < 1) {
            throw new FlawException("has an impossible size or compression in its header");
        }
        boolean tiled = tiledFlag || type.equals("tiledimage") || type.equals("deeptile");
        if (tiled && tiles == null) {
            throw new FlawException("lacks the size of its tiles in its header");
        }
        boolean deep = type.startsWith("deep");
        ExrPart part = ExrPart.of(compression, window, Map.copyOf(channels), tiled ? tiles : null, deep);
        if (chunkCount >= 0 && chunkCount != part.chunks()) {
            throw new FlawException(
                    "has " + chunkCount + " chunks by its header, and " + part.chunks() + " by its size");
        }
        return part;
    }

    /** What a viewer shows; the pixels that are there may be fewer, or more. */
    ExrPart.Window shown() {
        return Objects.requireNonNull(display == null ? window : display);
    }
}
