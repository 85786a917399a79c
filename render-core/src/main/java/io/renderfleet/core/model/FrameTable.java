package io.renderfleet.core.model;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * Finished frames with their files, by frame number, in about 50 bytes each: as objects they take ten times that, and a job can have a
 * million.
 *
 * <p>A list that cannot be changed; what it gives is made anew with each call. Thread-safe.
 */
public final class FrameTable extends AbstractList<FrameOutput> implements RandomAccess {
    private final FramePages.View pages;
    private final int[] places;

    private FrameTable(FramePages.View pages, int[] places) {
        this.pages = pages;
        this.places = places;
    }

    /**
     * Makes a table of some frames.
     *
     * @param frames in any order; of a repeated one the first counts
     * @return the table
     */
    public static FrameTable of(Collection<FrameOutput> frames) {
        Builder builder = new Builder();
        frames.forEach(builder::add);
        return builder.build();
    }

    @Override
    public FrameOutput get(int index) {
        return pages.read(places[index]);
    }

    @Override
    public int size() {
        return places.length;
    }

    /** Gathers frames in the order in which they come. Not thread-safe; the tables made of it are. */
    public static final class Builder {
        private static final int CHUNK = 64;
        private static final int CHUNKS = (FrameSet.MAX_FRAME - FrameSet.MIN_FRAME) / CHUNK + 1;
        private static final int NOWHERE = -1;
        private static final int[] NO_CHUNK = {};

        private final FramePages pages = new FramePages();

        /** Where each frame lies: chunks of neighbouring frames, from {@code firstChunk} on, made when they are needed. */
        private int[][] chunks = {};

        private int firstChunk;
        private int size;

        /** Makes an empty one. */
        public Builder() {}

        /**
         * Takes a frame in.
         *
         * @param output a frame from {@link FrameSet#MIN_FRAME} to {@link FrameSet#MAX_FRAME}
         * @return false if it is there already; it then stays as it was
         */
        public boolean add(FrameOutput output) {
            int at = FrameSet.requireFrame(output.frame()) - FrameSet.MIN_FRAME;
            int[] chunk = chunk(at / CHUNK);
            if (chunk[at % CHUNK] != NOWHERE) {
                return false;
            }
            chunk[at % CHUNK] = pages.write(output);
            size++;
            return true;
        }

        /**
         * Finds a frame.
         *
         * @param frame any number
         * @return null if it is not there
         */
        public @Nullable FrameOutput get(int frame) {
            int at = frame - FrameSet.MIN_FRAME;
            int index = Math.floorDiv(at, CHUNK) - firstChunk;
            int[] chunk = index < 0 || index >= chunks.length ? NO_CHUNK : chunks[index];
            int place = chunk.length == 0 ? NOWHERE : chunk[Math.floorMod(at, CHUNK)];
            return place == NOWHERE ? null : pages.read(place);
        }

        /**
         * Returns how much memory what was written takes, beside a few bytes for each frame.
         *
         * @return bytes
         */
        public long bytes() {
            return pages.bytes();
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
         * Makes a table of what is there now. It shares the frames with this builder, which can go on.
         *
         * @return the table
         */
        public FrameTable build() {
            int[] places = new int[size];
            int count = 0;
            for (int[] chunk : chunks) {
                for (int place : chunk) {
                    if (place != NOWHERE) {
                        places[count++] = place;
                    }
                }
            }
            return new FrameTable(pages.view(), places);
        }

        private int[] chunk(int number) {
            if (chunks.length == 0) {
                firstChunk = number;
            }
            if (number < firstChunk || number >= firstChunk + chunks.length) {
                widen(number);
            }
            int[] chunk = chunks[number - firstChunk];
            if (chunk.length == 0) {
                chunk = new int[CHUNK];
                Arrays.fill(chunk, NOWHERE);
                chunks[number - firstChunk] = chunk;
            }
            return chunk;
        }

        /** Makes room for a chunk, and for as many more on that side as there are. */
        private void widen(int number) {
            int count = chunks.length;
            int from = number >= firstChunk ? firstChunk : Math.max(0, Math.min(number, firstChunk - count));
            int to = number < firstChunk
                    ? firstChunk + count
                    : Math.min(CHUNKS, Math.max(number + 1, firstChunk + 2 * count));
            int[][] wider = new int[to - from][];
            Arrays.fill(wider, NO_CHUNK);
            System.arraycopy(chunks, 0, wider, firstChunk - from, count);
            chunks = wider;
            firstChunk = from;
        }
    }
}
