package io.renderfleet.node.verify;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates the pixels of a PNG as they come and counts them. Keeps none. */
final class PngPixels implements AutoCloseable {
    /** Where the passes of Adam7 begin and how far apart their pixels are: x, y, x step, y step. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

    private final Inflater inflater = new Inflater();
    private final byte[] out = new byte[16 * 1024];
    private final long expected;
    private long came;

    private PngPixels(long expected) {
        this.expected = expected;
    }

    /** Reads the 13 bytes of an IHDR chunk. */
    static PngPixels of(byte[] header) throws FlawException {
        ByteBuffer fields = ByteBuffer.wrap(header);
        int width = fields.getInt();
        int height = fields.getInt();
        int depth = fields.get();
        int color = fields.get();
        int interlace = header[12];
        int channels = switch (color) {
            case 0, 3 -> 1;
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 0;
        };
        if (width < 1 || height < 1 || channels == 0 || depth < 1 || depth > 16 || interlace < 0 || interlace > 1) {
            throw new FlawException("has an impossible PNG header");
        }
        long bytes = 0;
        for (int[] pass : interlace == 1 ? ADAM7 : ONE_PASS) {
            long columns = Math.max(0, (width - pass[0] + pass[2] - 1L) / pass[2]);
            long rows = Math.max(0, (height - pass[1] + pass[3] - 1L) / pass[3]);
            if (columns > 0) {
                bytes += rows * (1 + (columns * channels * depth + 7) / 8);
            }
        }
        return new PngPixels(bytes);
    }

    void add(byte[] compressed, int length) throws FlawException {
        inflater.setInput(compressed, 0, length);
        try {
            while (!inflater.finished() && came <= expected) {
                int count = inflater.inflate(out);
                if (count == 0) {
                    return;
                }
                came += count;
            }
        } catch (DataFormatException e) {
            throw new FlawException("has damaged pixels");
        }
    }

    void requireAll() throws FlawException {
        if (!inflater.finished() || came != expected) {
            throw new FlawException("has " + came + " of " + expected + " bytes of pixels");
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
