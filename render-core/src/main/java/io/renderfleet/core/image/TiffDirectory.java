package io.renderfleet.core.image;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One directory of a TIFF file: its fields by tag. */
final class TiffDirectory {
    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int BITS = 258;
    private static final int COMPRESSION = 259;
    private static final int PHOTOMETRIC = 262;
    private static final int STRIP_OFFSETS = 273;
    private static final int SAMPLES = 277;
    private static final int ROWS_PER_STRIP = 278;
    private static final int STRIP_SIZES = 279;
    private static final int PLANAR = 284;
    private static final int PREDICTOR = 317;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_SIZES = 325;

    private static final List<Integer> SCALARS =
            List.of(WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, ROWS_PER_STRIP, PLANAR, PREDICTOR);

    /** None, LZW, Deflate (both numbers), PackBits. */
    private static final Set<Long> DECODABLE_COMPRESSIONS = Set.of(1L, 5L, 8L, 32946L, 32773L);
    /** The JDK holds a strip at a time. */
    private static final long MAX_STRIP = 64L * 1024 * 1024;

    /** More strips or tiles than any image has that could be rendered; their places are held in memory. */
    private static final int MAX_PIECES = 1_000_000;

    private final Map<Integer, Field> fields;
    private final Map<Integer, Long> scalars;
    private final boolean big;
    private final long next;

    /** Where the values of a field stand. */
    private record Field(int type, long count, long position) {
        int width() {
            return switch (type) {
                case 1, 2, 6, 7 -> 1;
                case 3, 8 -> 2;
                case 5, 10, 12, 16, 17, 18 -> 8;
                default -> 4;
            };
        }
    }

    private TiffDirectory(Map<Integer, Field> fields, Map<Integer, Long> scalars, boolean big, long next) {
        this.fields = fields;
        this.scalars = scalars;
        this.big = big;
        this.next = next;
    }

    static TiffDirectory read(Bytes bytes, boolean big) throws IOException, FlawException {
        long count = big ? bytes.i64() : bytes.u16();
        if (count < 1 || count > 0xffff) {
            throw new FlawException("has a TIFF directory of " + count + " fields");
        }
        Map<Integer, Field> fields = new HashMap<>();
        int inline = big ? 8 : 4;
        for (long i = 0; i < count; i++) {
            int tag = bytes.u16();
            int type = bytes.u16();
            long values = big ? bytes.i64() : bytes.u32();
            long at = bytes.position();
            Field field = new Field(type, values, at);
            if (values < 0 || values > bytes.size()) {
                throw new FlawException("has a TIFF field of " + values + " values");
            }
            if (values * field.width() > inline) {
                field = new Field(type, values, big ? bytes.i64() : bytes.u32());
            }
            if (field.position() < 0 || field.position() + values * field.width() > bytes.size()) {
                throw new FlawException("has a TIFF field outside of its " + bytes.size() + " bytes");
            }
            fields.put(tag, field);
            bytes.seek(at + inline);
        }
        long next = big ? bytes.i64() : bytes.u32();
        return new TiffDirectory(fields, scalars(bytes, fields), big, next);
    }

    private static Map<Integer, Long> scalars(Bytes bytes, Map<Integer, Field> fields)
            throws IOException, FlawException {
        Map<Integer, Long> scalars = new HashMap<>();
        for (int tag : SCALARS) {
            Field field = fields.get(tag);
            if (field != null && field.count() > 0) {
                bytes.seek(field.position());
                scalars.put(tag, value(bytes, field));
            }
        }
        return scalars;
    }

    long next() {
        return next;
    }

    long width() {
        return scalar(WIDTH, 0);
    }

    long height() {
        return scalar(HEIGHT, 0);
    }

    void requireDataInside(Bytes bytes) throws IOException, FlawException {
        if (width() < 1 || height() < 1) {
            throw new FlawException("has a TIFF directory without a size");
        }
        Field offsets = either(STRIP_OFFSETS, TILE_OFFSETS);
        Field sizes = either(STRIP_SIZES, TILE_SIZES);
        if (offsets == null || sizes == null || offsets.count() != sizes.count() || offsets.count() == 0) {
            throw new FlawException("has a TIFF directory without strips or tiles");
        }
        long[] offset = values(bytes, offsets);
        long[] size = values(bytes, sizes);
        for (int i = 0; i < offset.length; i++) {
            if (offset[i] < 8 || size[i] < 1 || offset[i] > bytes.size() - size[i]) {
                throw new FlawException("has the strip or tile " + i + " outside of its " + bytes.size() + " bytes");
            }
        }
    }

    /** Only what the JDK certainly knows: a refusal of it would look like damage. */
    boolean isDecodable() {
        long bits = scalar(BITS, 1);
        long rows = Math.min(scalar(ROWS_PER_STRIP, Long.MAX_VALUE), scalar(HEIGHT, 1));
        long strip = rows * scalar(WIDTH, 1) * scalar(SAMPLES, 1) * bits / 8;
        return !big
                && fields.containsKey(STRIP_OFFSETS)
                && DECODABLE_COMPRESSIONS.contains(scalar(COMPRESSION, 1))
                && (bits == 8 || bits == 16)
                && scalar(PHOTOMETRIC, 9) <= 2
                && scalar(PLANAR, 1) == 1
                && (scalar(PREDICTOR, 1) == 1 || (scalar(PREDICTOR, 1) == 2 && bits == 8))
                && strip <= MAX_STRIP;
    }

    private long scalar(int tag, long otherwise) {
        return scalars.getOrDefault(tag, otherwise);
    }

    private @Nullable Field either(int first, int second) {
        Field field = fields.get(first);
        return field != null ? field : fields.get(second);
    }

    private static long[] values(Bytes bytes, Field field) throws IOException, FlawException {
        if (field.count() > MAX_PIECES) {
            throw new FlawException("has " + field.count() + " strips or tiles");
        }
        long[] values = new long[(int) field.count()];
        bytes.seek(field.position());
        for (int i = 0; i < values.length; i++) {
            values[i] = value(bytes, field);
        }
        return values;
    }

    private static long value(Bytes bytes, Field field) throws IOException, FlawException {
        return switch (field.type()) {
            case 1 -> bytes.u8();
            case 3 -> bytes.u16();
            case 4, 13 -> bytes.u32();
            case 16, 18 -> bytes.i64();
            default -> throw new FlawException("has a TIFF field of the wrong type " + field.type());
        };
    }
}
