package io.renderfleet.core.model;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finished frames as bytes, one behind the other in pages.
 *
 * <p>A file's name is kept as what stands before and behind the frame's number, which nearly all frames of a job share, and a digest as
 * its bytes. What is written never changes, so that views need no copies.
 */
final class FramePages {
    /** A place is the number of the page, and where the frame begins in it. */
    private static final int PLACE_BITS = 16;

    private static final int FULL = 1 << PLACE_BITS;
    private static final int FIRST_PAGE = 256;

    /** Names of more shapes than these are kept as they are. */
    private static final int MOST_SHAPES = 4_096;

    private static final int AS_IT_IS = 0;
    private static final int NO_ATTEMPT = 0;

    /** About what a shape takes beside its characters: two texts, a record, an entry of a map and one of a list. */
    private static final int SHAPE = 200;

    private final List<byte[]> pages = new ArrayList<>();
    private final Map<Shape, Integer> numbers = new HashMap<>();
    private final List<Shape> shapes = new ArrayList<>(List.of(new Shape("", "")));
    /** The farms of attempts: one, as a rule. */
    private final List<String> farms = new ArrayList<>();

    private byte[] page = new byte[0];
    private long bytes;
    private int used = FULL;

    /** What stands before and behind a frame's number in a name. */
    private record Shape(String before, String behind) {}

    /** What can be read of the pages, from any thread. */
    static final class View {
        private final byte[][] pages;
        private final List<Shape> shapes;
        private final List<String> farms;

        private View(byte[][] pages, List<Shape> shapes, List<String> farms) {
            this.pages = pages;
            this.shapes = shapes;
            this.farms = farms;
        }

        FrameOutput read(int place) {
            return new Reader(pages[place >>> PLACE_BITS], place & (FULL - 1), shapes, farms).frame();
        }
    }

    /** How many bytes the pages take, full or not, with the shapes of names. */
    long bytes() {
        return bytes;
    }

    /** Shows what is written so far. */
    View view() {
        return new View(pages.toArray(new byte[0][]), List.copyOf(shapes), List.copyOf(farms));
    }

    FrameOutput read(int place) {
        return new Reader(pages.get(place >>> PLACE_BITS), place & (FULL - 1), shapes, farms).frame();
    }

    /** Writes a frame, and says where. */
    int write(FrameOutput output) {
        if (used >= FULL) {
            if (pages.size() == FULL) {
                throw new IllegalStateException("the files of the frames need more than 4 GiB to be kept in mind");
            }
            page = new byte[FIRST_PAGE];
            pages.add(page);
            bytes += FIRST_PAGE;
            used = 0;
        }
        int place = ((pages.size() - 1) << PLACE_BITS) | used;
        number(((long) output.frame() << 1) ^ (output.frame() >> 31));
        Duration time = output.renderTime();
        number(time.getSeconds());
        number(time.getNano());
        attempt(output.attempt());
        number(output.files().size());
        for (OutputFile file : output.files()) {
            name(output.frame(), file.name());
            number(file.bytes());
            put(file.main() ? 1 : 0);
            digest(file.sha256().hex());
        }
        return place;
    }

    /** The number of its farm, from 1, then epoch and number; 0 where there is none. */
    private void attempt(@Nullable AttemptId attempt) {
        if (attempt == null) {
            number(NO_ATTEMPT);
            return;
        }
        int farm = farms.indexOf(attempt.farm());
        if (farm < 0) {
            farm = farms.size();
            farms.add(attempt.farm());
        }
        number(farm + 1L);
        number(attempt.epoch());
        number(attempt.seq());
    }

    private void name(int frame, String name) {
        String digits = digits(frame);
        int at = name.lastIndexOf(digits);
        Integer number = at < 0 ? null : shape(new Shape(name.substring(0, at), name.substring(at + digits.length())));
        if (number != null) {
            number(number);
            return;
        }
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        number(AS_IT_IS);
        number(text.length);
        for (byte b : text) {
            put(b);
        }
    }

    private @Nullable Integer shape(Shape shape) {
        Integer number = numbers.get(shape);
        if (number == null && shapes.size() < MOST_SHAPES) {
            number = shapes.size();
            shapes.add(shape);
            numbers.put(shape, number);
            bytes += SHAPE + shape.before().length() + shape.behind().length();
        }
        return number;
    }

    private static String digits(int frame) {
        return Integer.toString(Math.abs(frame));
    }

    private void digest(String hex) {
        for (int i = 0; i < hex.length(); i += 2) {
            put((Character.digit(hex.charAt(i), 16) << 4) | Character.digit(hex.charAt(i + 1), 16));
        }
    }

    /** Seven bits a byte, the lowest first. */
    private void number(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            put((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        put((int) rest);
    }

    private void put(int b) {
        if (used == page.length) {
            // Views keep the shorter page, in which all that they know of is the same. A page that is full grows by its
            // last frame only.
            int longer = page.length < FULL ? 2 * page.length : page.length + FIRST_PAGE;
            bytes += longer - page.length;
            page = Arrays.copyOf(page, longer);
            pages.set(pages.size() - 1, page);
        }
        page[used++] = (byte) b;
    }

    /** Reads one frame. */
    private static final class Reader {
        private final byte[] page;
        private final List<Shape> shapes;
        private final List<String> farms;
        private int at;

        Reader(byte[] page, int at, List<Shape> shapes, List<String> farms) {
            this.page = page;
            this.at = at;
            this.shapes = shapes;
            this.farms = farms;
        }

        FrameOutput frame() {
            long coded = number();
            int frame = (int) ((coded >>> 1) ^ -(coded & 1));
            Duration time = Duration.ofSeconds(number(), number());
            AttemptId attempt = attempt();
            int count = (int) number();
            List<OutputFile> files = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                String name = name(frame);
                long bytes = number();
                boolean main = page[at++] == 1;
                files.add(new OutputFile(name, bytes, digest(), main));
            }
            return new FrameOutput(frame, files, time, attempt);
        }

        private @Nullable AttemptId attempt() {
            int farm = (int) number();
            return farm == NO_ATTEMPT ? null : new AttemptId(farms.get(farm - 1), number(), number());
        }

        private String name(int frame) {
            int number = (int) number();
            if (number != AS_IT_IS) {
                Shape shape = shapes.get(number);
                return shape.before() + digits(frame) + shape.behind();
            }
            int length = (int) number();
            at += length;
            return new String(page, at - length, length, StandardCharsets.UTF_8);
        }

        private Sha256 digest() {
            at += 32;
            return new Sha256(HexFormat.of().formatHex(page, at - 32, at));
        }

        private long number() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte b = page[at++];
                value |= (long) (b & 0x7F) << shift;
                if (b >= 0) {
                    return value;
                }
            }
        }
    }
}
