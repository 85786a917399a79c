package io.renderfleet.core.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Frames in the order in which they are to be rendered, none of them twice.
 *
 * <p>The text form is the one of the field: {@code 1-20}, {@code 1,3,9}, {@code 1-10x3} (every third: 1, 4, 7, 10), {@code
 * -5--1} (negative frames), {@code 10-1} (rendered downwards), and lists of these. A frame that is named twice keeps its first
 * place. {@link #toString()} gives one canonical text for each value, which {@link #parse(String)} reads back to an equal one.
 *
 * <p>Immutable and thread-safe. Two sets are equal if they hold the same frames in the same order; compare {@link #sorted()}
 * where the order does not matter. Held as runs of neighbours: a million frames in one run take two integers.
 */
public final class FrameSet implements Iterable<Integer> {

    /** The smallest frame that a scene can have; Blender clamps silently beyond it. */
    public static final int MIN_FRAME = -1_048_574;

    /** The greatest frame that a scene can have; Blender clamps silently beyond it. */
    public static final int MAX_FRAME = 1_048_574;

    private static final FrameSet EMPTY = new FrameSet(new int[0], 0);

    /** First and last frame of each run, in order: {@code {1, 5, 20, 11}} is {@code 1-5,20-11}. */
    private final int[] runs;

    private final int size;

    /** The same frames upwards; this very object where they are so already; made when first asked for. */
    private @Nullable FrameSet ascending;

    FrameSet(int[] runs, int size) {
        this.runs = runs;
        this.size = size;
    }

    /**
     * Returns the set without frames.
     *
     * @return a set of size 0
     */
    public static FrameSet empty() {
        return EMPTY;
    }

    /**
     * Makes a set of single frames.
     *
     * @param frames the frames in their order; a repeated one keeps its first place
     * @return those frames
     * @throws IllegalArgumentException if one is outside {@link #MIN_FRAME} to {@link #MAX_FRAME}
     */
    public static FrameSet of(int... frames) {
        if (frames.length == 1) {
            // Asked for with every finished frame: without the builder's bits for all frames that there could be.
            return range(frames[0], frames[0]);
        }
        FrameSetBuilder builder = new FrameSetBuilder();
        for (int frame : frames) {
            builder.add(frame);
        }
        return builder.build();
    }

    /**
     * Makes the set of all frames from one to another.
     *
     * @param first the first frame
     * @param last the last frame, included; if smaller than {@code first} the frames go downwards
     * @return those frames
     * @throws IllegalArgumentException if an end is outside {@link #MIN_FRAME} to {@link #MAX_FRAME}
     */
    public static FrameSet range(int first, int last) {
        FrameRange range = new FrameRange(first, last);
        return new FrameSet(new int[] {first, last}, range.size());
    }

    /**
     * Makes a set of runs.
     *
     * @param ranges the runs in their order; a repeated frame keeps its first place
     * @return their frames
     */
    public static FrameSet of(List<FrameRange> ranges) {
        FrameSetBuilder builder = new FrameSetBuilder();
        ranges.forEach(range -> builder.add(range, 1));
        return builder.build();
    }

    /**
     * Makes a set of the frames whose bits are set.
     *
     * @param bits one bit a frame
     * @param lowest the frame of bit 0
     * @return their frames, upwards
     * @throws IllegalArgumentException if one is outside {@link #MIN_FRAME} to {@link #MAX_FRAME}
     */
    public static FrameSet of(BitSet bits, int lowest) {
        RunsBuilder builder = new RunsBuilder(8);
        for (int from = bits.nextSetBit(0); from >= 0; from = bits.nextSetBit(from)) {
            int to = bits.nextClearBit(from);
            builder.add(requireFrame(lowest + from), requireFrame(lowest + to - 1));
            from = to;
        }
        return builder.build();
    }

    /**
     * Joins sets, as {@link #union(FrameSet)} does with two.
     *
     * @param sets any sets
     * @return the frames of all; upwards if those of each set go so
     */
    public static FrameSet union(List<FrameSet> sets) {
        FrameSetBuilder builder = new FrameSetBuilder();
        boolean upwards = true;
        for (FrameSet set : sets) {
            builder.addAll(set);
            upwards &= set.isAscending();
        }
        FrameSet all = builder.build();
        return upwards ? all.sorted() : all;
    }

    /**
     * Reads the text form.
     *
     * @param text ranges separated by commas, such as {@code 1-5,9,20-40x2}; spaces around numbers are allowed; at most 65,536
     *     characters
     * @return the frames, at least one
     * @throws IllegalArgumentException with a message that names the part that is wrong and what would be right
     */
    public static FrameSet parse(String text) {
        return FrameSetText.parse(text);
    }

    /**
     * Returns how many frames there are.
     *
     * @return 0 or more
     */
    public int size() {
        return size;
    }

    /**
     * Returns whether there is no frame at all.
     *
     * @return true for a set of size 0
     */
    public boolean isEmpty() {
        return size == 0;
    }

    /**
     * Returns the frame that is rendered first.
     *
     * @return that frame
     * @throws NoSuchElementException if the set is empty
     */
    public int first() {
        if (isEmpty()) {
            throw new NoSuchElementException("no frames");
        }
        return runs[0];
    }

    /**
     * Returns whether a frame is in the set, in logarithmic time.
     *
     * @param frame any number
     * @return true if it is
     */
    public boolean contains(int frame) {
        return sorted().indexOfRun(frame) >= 0;
    }

    /**
     * Returns whether all frames of another set are in this one.
     *
     * @param other any set
     * @return true if none of its frames is missing here
     */
    public boolean containsAll(FrameSet other) {
        return other.minus(this).isEmpty();
    }

    /**
     * Joins two sets: first the frames of this one, then those of the other that are not here.
     *
     * @param other any set
     * @return the frames of both
     */
    public FrameSet union(FrameSet other) {
        if (isEmpty()) {
            return other;
        }
        FrameSet added = other.minus(this);
        if (added.isEmpty()) {
            return this;
        }
        RunsBuilder builder = new RunsBuilder(runs.length + added.runs.length);
        if (isAscending() && added.isAscending()) {
            builder.addMerged(this, added);
        } else {
            builder.addAll(this);
            builder.addAll(added);
        }
        return builder.build();
    }

    /**
     * Keeps only the frames that another set holds too.
     *
     * @param other any set
     * @return the common frames, in the order of this set
     */
    public FrameSet intersect(FrameSet other) {
        return minus(minus(other));
    }

    /**
     * Takes the frames of another set away.
     *
     * @param other any set
     * @return what is left, in the order of this set
     */
    public FrameSet minus(FrameSet other) {
        if (isEmpty() || other.isEmpty()) {
            return this;
        }
        FrameSet holes = other.sorted();
        RunsBuilder builder = new RunsBuilder(runs.length);
        for (int i = 0; i < runs.length; i += 2) {
            builder.addWithout(runs[i], runs[i + 1], holes);
        }
        return builder.size() == size ? this : builder.build();
    }

    /**
     * Takes frames from the front.
     *
     * @param count how many at most, 0 or more
     * @return the first frames, in order
     */
    public FrameSet take(int count) {
        return count >= size ? this : slice(0, count);
    }

    /**
     * Leaves frames at the front away.
     *
     * @param count how many at most, 0 or more
     * @return the frames after those, in order
     */
    public FrameSet skip(int count) {
        return count <= 0 ? this : slice(Math.min(count, size), size);
    }

    /**
     * Returns the same frames upwards.
     *
     * @return this very set if it goes upwards already
     */
    public FrameSet sorted() {
        FrameSet result = ascending;
        if (result == null) {
            result = isAscending() ? this : sortRuns();
            ascending = result;
        }
        return result;
    }

    /**
     * Returns the runs of neighbouring frames, in order.
     *
     * @return an unmodifiable list, longer the more scattered the frames are
     */
    public List<FrameRange> ranges() {
        List<FrameRange> ranges = new ArrayList<>(runs.length / 2);
        for (int i = 0; i < runs.length; i += 2) {
            ranges.add(new FrameRange(runs[i], runs[i + 1]));
        }
        return List.copyOf(ranges);
    }

    /**
     * Returns how many runs of neighbouring frames there are, which is what the set costs to hold and to change.
     *
     * @return 0 or more
     */
    public int runs() {
        return runs.length / 2;
    }

    /**
     * Takes whole runs from the front.
     *
     * @param count how many runs at most, 0 or more
     * @return the frames of those runs, in order
     */
    public FrameSet takeRuns(int count) {
        if (count >= runs()) {
            return this;
        }
        RunsBuilder builder = new RunsBuilder(2 * count);
        for (int i = 0; i < 2 * count; i += 2) {
            builder.add(runs[i], runs[i + 1]);
        }
        return builder.build();
    }

    /**
     * Streams the frames in order.
     *
     * @return a sequential stream of {@link #size()} frames
     */
    public IntStream stream() {
        return IntStream.range(0, runs.length / 2).flatMap(i -> {
            int first = runs[2 * i];
            int last = runs[2 * i + 1];
            return first <= last
                    ? IntStream.rangeClosed(first, last)
                    : IntStream.rangeClosed(last, first).map(frame -> first + last - frame);
        });
    }

    @Override
    public Iterator<Integer> iterator() {
        return new FrameIterator();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FrameSet that && Arrays.equals(runs, that.runs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(runs);
    }

    /** Gives the canonical text: empty for no frames, else as short a list of ranges and steps as the order allows. */
    @Override
    public String toString() {
        return FrameSetText.format(this);
    }

    static int requireFrame(int frame) {
        if (frame < MIN_FRAME || frame > MAX_FRAME) {
            throw new IllegalArgumentException(
                    "frame " + frame + " is out of range: frames go from " + MIN_FRAME + " to " + MAX_FRAME);
        }
        return frame;
    }

    int firstOf(int run) {
        return runs[2 * run];
    }

    int lastOf(int run) {
        return runs[2 * run + 1];
    }

    private boolean isAscending() {
        for (int i = 0; i < runs.length; i += 2) {
            if (runs[i] > runs[i + 1] || (i > 0 && runs[i] <= runs[i - 1])) {
                return false;
            }
        }
        return true;
    }

    private FrameSet sortRuns() {
        long[] byLow = new long[runs.length / 2];
        for (int i = 0; i < byLow.length; i++) {
            int low = Math.min(runs[2 * i], runs[2 * i + 1]);
            int high = Math.max(runs[2 * i], runs[2 * i + 1]);
            byLow[i] = ((long) low << 32) | (high & 0xffff_ffffL);
        }
        Arrays.sort(byLow);
        RunsBuilder builder = new RunsBuilder(runs.length);
        for (long run : byLow) {
            builder.add((int) (run >> 32), (int) run);
        }
        return builder.build();
    }

    private FrameSet slice(int from, int to) {
        RunsBuilder builder = new RunsBuilder(4);
        int before = 0;
        for (int i = 0; i < runs.length && before < to; i += 2) {
            int step = runs[i] <= runs[i + 1] ? 1 : -1;
            int length = Math.abs(runs[i + 1] - runs[i]) + 1;
            int begin = Math.max(from - before, 0);
            int end = Math.min(to - before, length);
            if (begin < end) {
                builder.add(runs[i] + begin * step, runs[i] + (end - 1) * step);
            }
            before += length;
        }
        return builder.build();
    }

    /** Finds the run of an ascending set that holds a frame; else the bitwise complement of where it would stand. */
    int indexOfRun(int frame) {
        int low = 0;
        int high = runs.length / 2 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (runs[2 * middle + 1] < frame) {
                low = middle + 1;
            } else if (runs[2 * middle] > frame) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return ~low;
    }

    private final class FrameIterator implements PrimitiveIterator.OfInt {
        private int run;
        private int next = isEmpty() ? 0 : runs[0];

        @Override
        public boolean hasNext() {
            return run < runs.length;
        }

        @Override
        public int nextInt() {
            if (!hasNext()) {
                throw new NoSuchElementException("no more frames");
            }
            int frame = next;
            if (frame == runs[run + 1]) {
                run += 2;
                next = run < runs.length ? runs[run] : 0;
            } else {
                next += runs[run] <= runs[run + 1] ? 1 : -1;
            }
            return frame;
        }
    }
}
