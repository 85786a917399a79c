package io.renderfleet.core.model;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Collects frames one by one or run by run; a frame that comes again keeps its first place. */
final class FrameSetBuilder {
    /** More frames than this, repetitions included, make no sense, and would only take time to read. */
    private static final long MAX_NAMED = 8_388_608;

    /** Up to so many runs are looked through one by one. */
    private static final int FEW_RUNS = 16;

    private final RunsBuilder runs = new RunsBuilder(8);
    private int lowest = Integer.MAX_VALUE;
    private int highest = Integer.MIN_VALUE;

    /** What is there, one bit a frame; made only for many runs that go to and fro, since it is dear for a few frames. */
    private @Nullable BitSet seen;

    /** The frame of bit 0. */
    private int offset;

    private long named;

    void add(int frame) {
        FrameSet.requireFrame(frame);
        if (isNew(frame, frame)) {
            put(frame, frame);
        }
    }

    private boolean isNew(int low, int high) {
        if (low > highest || high < lowest) {
            return true;
        }
        if (seen == null && runs.count() <= FEW_RUNS) {
            return !runs.overlaps(low, high);
        }
        if (seen == null) {
            offset = lowest;
            seen = runs.bits(offset);
        }
        int first = seen.nextSetBit(Math.max(0, low - offset));
        return first < 0 || first > high - offset;
    }

    private void put(int first, int last) {
        int low = Math.min(first, last);
        int high = Math.max(first, last);
        if (seen != null && low < offset) {
            // As far again as the frames reach now, so that frames which go down do not have this done for each of
            // them.
            offset = Math.max(FrameSet.MIN_FRAME, low - (highest - lowest));
            seen = runs.bits(offset);
        }
        if (seen != null) {
            seen.set(low - offset, high - offset + 1);
        }
        lowest = Math.min(lowest, low);
        highest = Math.max(highest, high);
        runs.add(first, last);
    }

    void add(FrameRange range, int step) {
        int direction = range.reversed() ? -1 : 1;
        if (step == 1 && isNew(range.low(), range.high())) {
            put(range.first(), range.last());
            return;
        }
        int count = (range.size() - 1) / step;
        named += count + 1L;
        if (named > MAX_NAMED) {
            throw new IllegalArgumentException(
                    "the ranges name more than " + MAX_NAMED + " frames, repetitions included: name each frame once");
        }
        for (int i = 0; i <= count; i++) {
            add(range.first() + i * step * direction);
        }
    }

    void addAll(FrameSet frames) {
        for (int run = 0; run < frames.runs(); run++) {
            int first = frames.firstOf(run);
            int last = frames.lastOf(run);
            if (isNew(Math.min(first, last), Math.max(first, last))) {
                put(first, last);
            } else {
                add(new FrameRange(first, last), 1);
            }
        }
    }

    FrameSet build() {
        return runs.build();
    }
}
