package io.renderfleet.core.model;

import java.util.BitSet;

/** Collects frames one by one or run by run; a frame that comes again keeps its first place. */
final class FrameSetBuilder {
    /** More frames than this, repetitions included, name nothing sensible, and would only cost whoever reads them time. */
    private static final long MAX_NAMED = 8_388_608;

    private final FrameSet.RunsBuilder runs = new FrameSet.RunsBuilder(8);
    private final BitSet seen = new BitSet();
    private long named;

    void add(int frame) {
        int bit = FrameSet.requireFrame(frame) - FrameSet.MIN_FRAME;
        if (!seen.get(bit)) {
            seen.set(bit);
            runs.add(frame, frame);
        }
    }

    void add(FrameRange range, int step) {
        int direction = range.reversed() ? -1 : 1;
        int low = range.low() - FrameSet.MIN_FRAME;
        int high = range.high() - FrameSet.MIN_FRAME;
        int firstSeen = seen.nextSetBit(low);
        if (step == 1 && (firstSeen < 0 || firstSeen > high)) {
            seen.set(low, high + 1);
            runs.add(range.first(), range.last());
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

    FrameSet build() {
        return runs.build();
    }
}
