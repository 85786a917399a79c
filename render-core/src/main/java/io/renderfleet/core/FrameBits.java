package io.renderfleet.core;

import io.renderfleet.core.model.FrameRange;
import io.renderfleet.core.model.FrameSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A set of frames that changes, one bit a frame of the job's span, with its value form made only when asked for. */
final class FrameBits {
    private final int lowest;
    private final BitSet bits;
    private @Nullable FrameSet value = FrameSet.empty();
    private int size;

    FrameBits(FrameSet universe) {
        FrameSet sorted = universe.sorted();
        this.lowest = sorted.isEmpty() ? 0 : sorted.first();
        this.bits = new BitSet();
    }

    boolean contains(int frame) {
        return frame >= lowest && bits.get(frame - lowest);
    }

    int size() {
        return size;
    }

    boolean add(int frame) {
        if (contains(frame)) {
            return false;
        }
        bits.set(frame - lowest);
        size++;
        value = null;
        return true;
    }

    void addAll(FrameSet frames) {
        for (FrameRange range : frames.ranges()) {
            int from = Math.min(range.first(), range.last()) - lowest;
            bits.set(from, from + range.size());
        }
        changed();
    }

    void removeAll(FrameSet frames) {
        for (FrameRange range : frames.ranges()) {
            int from = Math.min(range.first(), range.last()) - lowest;
            bits.clear(from, from + range.size());
        }
        changed();
    }

    FrameSet value() {
        FrameSet known = value;
        if (known == null) {
            known = FrameSet.of(ranges());
            value = known;
        }
        return known;
    }

    private List<FrameRange> ranges() {
        List<FrameRange> ranges = new ArrayList<>();
        for (int from = bits.nextSetBit(0); from >= 0; from = bits.nextSetBit(from)) {
            int to = bits.nextClearBit(from);
            ranges.add(new FrameRange(from + lowest, to - 1 + lowest));
            from = to;
        }
        return ranges;
    }

    private void changed() {
        size = bits.cardinality();
        value = null;
    }
}
