package io.renderfleet.core.image;

import java.nio.ByteBuffer;
import java.util.Set;

/**
 * What the IHDR chunk of a PNG says (ISO/IEC 15948, 11.2.2).
 *
 * @param width pixels
 * @param height pixels
 * @param depth bits of a sample
 * @param color type of colour: 0 grey, 2 RGB, 3 by a palette, 4 grey and alpha, 6 RGB and alpha
 * @param interlaced whether the pixels come in the seven passes of Adam7
 */
record PngHeader(int width, int height, int depth, int color, boolean interlaced) {
    /** How many bytes the chunk has. */
    static final int LENGTH = 13;

    /** Where the passes of Adam7 begin and how far apart their pixels are: x, y, x step, y step. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

    private static final Set<Integer> WHOLE_BYTES = Set.of(8, 16);

    static PngHeader read(ByteBuffer fields) throws FlawException {
        int width = fields.getInt();
        int height = fields.getInt();
        int depth = fields.get();
        int color = fields.get();
        int compression = fields.get();
        int filter = fields.get();
        int interlace = fields.get();
        boolean depthFits = switch (color) {
            case 0 -> Set.of(1, 2, 4, 8, 16).contains(depth);
            case 3 -> Set.of(1, 2, 4, 8).contains(depth);
            case 2, 4, 6 -> WHOLE_BYTES.contains(depth);
            default -> false;
        };
        boolean methodsKnown = compression == 0 && filter == 0 && (interlace == 0 || interlace == 1);
        if (width < 1 || height < 1 || !depthFits || !methodsKnown) {
            throw new FlawException("has an impossible PNG header");
        }
        return new PngHeader(width, height, depth, color, interlace == 1);
    }

    boolean isIndexed() {
        return color == 3;
    }

    private int channels() {
        return switch (color) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    /** How many bytes the pixels have before they are compressed. */
    long bytes() {
        long bytes = 0;
        for (int[] pass : interlaced ? ADAM7 : ONE_PASS) {
            long columns = Math.max(0, ((long) width - pass[0] + pass[2] - 1) / pass[2]);
            long rows = Math.max(0, ((long) height - pass[1] + pass[3] - 1) / pass[3]);
            if (columns > 0) {
                bytes += rows * (1 + (columns * channels() * depth + 7) / 8);
            }
        }
        return bytes;
    }
}
