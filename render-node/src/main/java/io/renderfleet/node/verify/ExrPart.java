package io.renderfleet.node.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the header of one OpenEXR part says.
 *
 * @param compression 0 to 9
 * @param window which pixels there are
 * @param channels how the pixels are stored
 * @param tiles the size of tiles, or null for scan lines
 * @param deep whether pixels have any number of samples
 * @param chunks how many chunks there are
 */
record ExrPart(
        int compression,
        Window window,
        List<Channel> channels,
        @Nullable Tiles tiles,
        boolean deep,
        long chunks) {

    static final int NO_COMPRESSION = 0;
    static final int ZIP_LINES = 2;
    static final int ZIP_BLOCKS = 3;

    private static final int[] LINES = {1, 1, 1, 16, 32, 16, 32, 32, 32, 256};
    private static final int MAX_ATTRIBUTES = 10_000;
    private static final int MAX_CHANNELS = 10_000;

    /**
     * How one channel is stored.
     *
     * @param bytes of one sample: 2 or 4
     * @param xSampling the distance between stored columns
     * @param ySampling the distance between stored lines
     */
    record Channel(int bytes, int xSampling, int ySampling) {}

    /**
     * The corners of the picture, both inside.
     *
     * @param left least x
     * @param top least y
     * @param right greatest x
     * @param bottom greatest y
     */
    record Window(int left, int top, int right, int bottom) {}

    /**
     * How large tiles are.
     *
     * @param width of a tile
     * @param height of a tile
     * @param levels 0 one, 1 mipmap, 2 ripmap
     * @param up whether sizes of levels are rounded up
     */
    record Tiles(long width, long height, int levels, boolean up) {}

    /** Reads a header up to its end; the name of its first attribute was read. */
    static ExrPart read(Bytes bytes, int longest, boolean tiled, String first) throws IOException, FlawException {
        Header header = new Header();
        int count = 0;
        for (String name = first; !name.isEmpty(); name = bytes.zeroTerminated(longest)) {
            if (++count > MAX_ATTRIBUTES) {
                throw new FlawException("has an OpenEXR header without end");
            }
            String type = bytes.zeroTerminated(longest);
            long size = bytes.u32();
            long end = bytes.position() + size;
            if (end > bytes.size()) {
                throw new FlawException("is cut off in its header");
            }
            header.take(bytes, name, type, size);
            bytes.seek(end);
        }
        return header.part(tiled);
    }

    /** How many scan lines a chunk holds. */
    int linesPerChunk() {
        return LINES[compression];
    }

    long width() {
        return (long) window.right() - window.left() + 1;
    }

    long height() {
        return (long) window.bottom() - window.top() + 1;
    }

    /** How many bytes the scan lines of a chunk have when they are not compressed. */
    long plainBytes(int firstLine) {
        long bytes = 0;
        long last = Math.min((long) firstLine + linesPerChunk() - 1, window.bottom());
        for (Channel channel : channels) {
            long lines = samples(channel.ySampling(), firstLine, last);
            bytes += lines * samples(channel.xSampling(), window.left(), window.right()) * channel.bytes();
        }
        return bytes;
    }

    private static long samples(int every, long low, long high) {
        return Math.floorDiv(high, every) - Math.floorDiv(low - 1, every);
    }

    /** Gathers the attributes that say where the chunks are. */
    private static final class Header {
        private int compression = -1;
        private @Nullable Window window;
        private @Nullable List<Channel> channels;
        private @Nullable Tiles tiles;
        private String type = "";
        private long chunkCount = -1;

        void take(Bytes bytes, String name, String attributeType, long size) throws IOException, FlawException {
            switch (name) {
                case "compression" -> compression = bytes.u8();
                case "dataWindow" -> window = new Window(bytes.i32(), bytes.i32(), bytes.i32(), bytes.i32());
                case "chunkCount" -> chunkCount = bytes.u32();
                case "tiles" -> tiles = tiles(bytes);
                case "channels" -> channels = channels(bytes);
                case "type" -> {
                    if (attributeType.equals("string") && size <= 32) {
                        StringBuilder text = new StringBuilder();
                        for (long i = 0; i < size; i++) {
                            text.append((char) bytes.u8());
                        }
                        type = text.toString();
                    }
                }
                default -> {
                    // Nothing that says where data is.
                }
            }
        }

        private static Tiles tiles(Bytes bytes) throws IOException, FlawException {
            long width = bytes.u32();
            long height = bytes.u32();
            int mode = bytes.u8();
            if (width < 1 || height < 1 || (mode & 0xf) > 2) {
                throw new FlawException("has impossible tiles");
            }
            return new Tiles(width, height, mode & 0xf, mode >> 4 == 1);
        }

        private static List<Channel> channels(Bytes bytes) throws IOException, FlawException {
            List<Channel> channels = new ArrayList<>();
            while (!bytes.zeroTerminated(255).isEmpty()) {
                int pixelType = bytes.i32();
                bytes.skip(4);
                int x = bytes.i32();
                int y = bytes.i32();
                if (pixelType < 0 || pixelType > 2 || x < 1 || y < 1 || channels.size() == MAX_CHANNELS) {
                    throw new FlawException("has impossible channels");
                }
                channels.add(new Channel(pixelType == 1 ? 2 : 4, x, y));
            }
            return channels;
        }

        ExrPart part(boolean tiledFlag) throws FlawException {
            if (window == null || channels == null || channels.isEmpty() || compression < 0) {
                throw new FlawException("lacks the size, the channels or the compression in its header");
            }
            if (compression >= LINES.length || window.right() < window.left() || window.bottom() < window.top()) {
                throw new FlawException("has an impossible size or compression in its header");
            }
            boolean tiled = tiledFlag || type.equals("tiledimage") || type.equals("deeptile");
            if (tiled && tiles == null) {
                throw new FlawException("lacks the size of its tiles in its header");
            }
            ExrPart part = new ExrPart(compression, window, channels, tiled ? tiles : null, type.startsWith("deep"), 0);
            long counted = part.countChunks();
            if (chunkCount >= 0 && chunkCount != counted) {
                throw new FlawException("has " + chunkCount + " chunks by its header, and " + counted + " by its size");
            }
            return new ExrPart(compression, window, channels, part.tiles(), part.deep(), counted);
        }
    }

    private long countChunks() {
        if (tiles == null) {
            return (height() + linesPerChunk() - 1) / linesPerChunk();
        }
        long count = 0;
        if (tiles.levels() == 2) {
            for (int x = 0; x < levels(width()); x++) {
                for (int y = 0; y < levels(height()); y++) {
                    count += tilesOf(x, y);
                }
            }
            return count;
        }
        int levels = tiles.levels() == 0 ? 1 : levels(Math.max(width(), height()));
        for (int level = 0; level < levels; level++) {
            count += tilesOf(level, level);
        }
        return count;
    }

    private long tilesOf(int xLevel, int yLevel) {
        Tiles t = Objects.requireNonNull(tiles);
        long columns = (levelSize(width(), xLevel) + t.width() - 1) / t.width();
        long rows = (levelSize(height(), yLevel) + t.height() - 1) / t.height();
        return columns * rows;
    }

    private long levelSize(long size, int level) {
        boolean up = tiles != null && tiles.up();
        long scale = 1L << level;
        return Math.max(1, up ? (size + scale - 1) / scale : size / scale);
    }

    private int levels(long size) {
        int log = 63 - Long.numberOfLeadingZeros(size);
        boolean up = tiles != null && tiles.up() && Long.bitCount(size) > 1;
        return log + (up ? 2 : 1);
    }
}
