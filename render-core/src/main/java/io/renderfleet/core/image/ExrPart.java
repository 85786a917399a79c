package io.renderfleet.core.image;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the header of one OpenEXR part says.
 *
 * @param compression 0 to 9
 * @param window which pixels there are
 * @param channels how the pixels are stored: how many channels there are of each kind
 * @param tiles the size of tiles, or null for scan lines
 * @param deep whether pixels have any number of samples
 * @param chunks how many chunks there are
 */
record ExrPart(
        int compression,
        Window window,
        Map<Channel, Integer> channels,
        @Nullable Tiles tiles,
        boolean deep,
        long chunks) {

    static final int NO_COMPRESSION = 0;
    static final int ZIP_LINES = 2;
    static final int ZIP_BLOCKS = 3;

    private static final int[] LINES = {1, 1, 1, 16, 32, 16, 32, 32, 32, 256};

    /** The greatest number of a compression that is known. */
    static final int LAST_COMPRESSION = LINES.length - 1;

    /**
     * How the samples of a channel are stored.
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
    record Window(int left, int top, int right, int bottom) {
        static Window read(ByteBuffer fields) {
            return new Window(fields.getInt(), fields.getInt(), fields.getInt(), fields.getInt());
        }

        long width() {
            return (long) right - left + 1;
        }

        long height() {
            return (long) bottom - top + 1;
        }
    }

    /**
     * How large tiles are.
     *
     * @param width of a tile
     * @param height of a tile
     * @param levels 0 one, 1 mipmap, 2 ripmap
     * @param up whether sizes of levels are rounded up
     */
    record Tiles(long width, long height, int levels, boolean up) {
        static Tiles read(ByteBuffer fields) throws FlawException {
            long width = fields.getInt() & 0xffff_ffffL;
            long height = fields.getInt() & 0xffff_ffffL;
            int mode = fields.get() & 0xff;
            if (width < 1 || height < 1 || (mode & 0xf) > 2) {
                throw new FlawException("has impossible tiles");
            }
            return new Tiles(width, height, mode & 0xf, mode >> 4 == 1);
        }
    }

    /** Counts the chunks. */
    static ExrPart of(
            int compression, Window window, Map<Channel, Integer> channels, @Nullable Tiles tiles, boolean deep) {
        ExrPart uncounted = new ExrPart(compression, window, channels, tiles, deep, 0);
        return new ExrPart(compression, window, channels, tiles, deep, uncounted.countChunks());
    }

    /** How many scan lines a chunk holds. */
    int linesPerChunk() {
        return LINES[compression];
    }

    /** How many bytes the scan lines of a chunk have when they are not compressed. */
    long plainBytes(int firstLine) {
        long bytes = 0;
        long last = Math.min((long) firstLine + linesPerChunk() - 1, window.bottom());
        for (Map.Entry<Channel, Integer> alike : channels.entrySet()) {
            Channel channel = alike.getKey();
            long lines = samples(channel.ySampling(), firstLine, last);
            long columns = samples(channel.xSampling(), window.left(), window.right());
            bytes += lines * columns * channel.bytes() * alike.getValue();
        }
        return bytes;
    }

    private static long samples(int every, long low, long high) {
        return Math.floorDiv(high, every) - Math.floorDiv(low - 1, every);
    }

    private long countChunks() {
        if (tiles == null) {
            return (window.height() + linesPerChunk() - 1) / linesPerChunk();
        }
        long count = 0;
        if (tiles.levels() == 2) {
            for (int x = 0; x < levels(window.width()); x++) {
                for (int y = 0; y < levels(window.height()); y++) {
                    count += tilesOf(x, y);
                }
            }
            return count;
        }
        int levels = tiles.levels() == 0 ? 1 : levels(Math.max(window.width(), window.height()));
        for (int level = 0; level < levels; level++) {
            count += tilesOf(level, level);
        }
        return count;
    }

    private long tilesOf(int xLevel, int yLevel) {
        Tiles t = Objects.requireNonNull(tiles);
        long columns = (levelSize(window.width(), xLevel) + t.width() - 1) / t.width();
        long rows = (levelSize(window.height(), yLevel) + t.height() - 1) / t.height();
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
