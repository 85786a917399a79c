package io.renderfleet.core.engine;

import io.renderfleet.core.model.FrameRange;
import io.renderfleet.core.model.FrameSet;
import java.util.BitSet;
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
            int to = from + range.size();
            for (int bit = bits.nextClearBit(from); bit < to; bit = bits.nextClearBit(bit + 1)) {
                size++;
            }
            bits.set(from, to);
        }
        value = null;
    }

    void removeAll(FrameSet frames) {
        for (FrameRange range : frames.ranges()) {
            int from = Math.min(range.first(), range.last()) - lowest;
            int to = from + range.size();
            for (int bit = bits.nextSetBit(from); bit >= 0 && bit < to; bit = bits.nextSetBit(bit + 1)) {
                size--;
            }
            bits.clear(from, to);
        }
        value = null;
    }

    FrameSet value() {
        FrameSet known = value;
        if (known == null) {
            known = FrameSet.of(bits, lowest);
            value = known;
        }
        return known;
    }
}
