package io.renderfleet.core.model;

import java.util.Arrays;
import java.util.BitSet;

/** Collects disjoint runs of frames in order and joins neighbours that go on in the same direction. */
final class RunsBuilder {
    private int[] runs;
    private int length;
    private int size;

    RunsBuilder(int capacity) {
        runs = new int[Math.max(capacity, 2)];
    }

    void add(int first, int last) {
        size += Math.abs(last - first) + 1;
        if (length > 0 && joins(first, last)) {
            runs[length - 1] = last;
            return;
        }
        if (length == runs.length) {
            runs = Arrays.copyOf(runs, length * 2);
        }
        runs[length] = first;
        runs[length + 1] = last;
        length += 2;
    }

    private boolean joins(int first, int last) {
        int before = runs[length - 1];
        int step = first - before;
        if (step != 1 && step != -1) {
            return false;
        }
        return Integer.signum(before - runs[length - 2]) != -step && Integer.signum(last - first) != -step;
    }

    void addAll(FrameSet frames) {
        for (int run = 0; run < frames.runs(); run++) {
            add(frames.firstOf(run), frames.lastOf(run));
        }
    }

    /** Adds what an ascending set leaves of a run. */
    void addWithout(int first, int last, FrameSet holes) {
        int step = first <= last ? 1 : -1;
        int low = Math.min(first, last);
        int high = Math.max(first, last);
        int hole = holes.indexOfRun(first);
        hole = hole >= 0 ? hole : step > 0 ? ~hole : ~hole - 1;
        int from = first;
        while (hole >= 0 && hole < holes.runs() && holes.firstOf(hole) <= high && holes.lastOf(hole) >= low) {
            int near = step > 0 ? holes.firstOf(hole) : holes.lastOf(hole);
            int far = step > 0 ? holes.lastOf(hole) : holes.firstOf(hole);
            if ((near - from) * step > 0) {
                add(from, near - step);
            }
            from = far + step;
            hole += step;
        }
        if ((last - from) * step >= 0) {
            add(from, last);
        }
    }

    /** Adds two ascending sets that have no frame in common. */
    void addMerged(FrameSet left, FrameSet right) {
        int l = 0;
        int r = 0;
        while (l < left.runs() || r < right.runs()) {
            if (r >= right.runs() || (l < left.runs() && left.firstOf(l) < right.firstOf(r))) {
                add(left.firstOf(l), left.lastOf(l));
                l++;
            } else {
                add(right.firstOf(r), right.lastOf(r));
                r++;
            }
        }
    }

    int count() {
        return length / 2;
    }

    int size() {
        return size;
    }

    boolean overlaps(int low, int high) {
        for (int i = 0; i < length; i += 2) {
            if (Math.min(runs[i], runs[i + 1]) <= high && Math.max(runs[i], runs[i + 1]) >= low) {
                return true;
            }
        }
        return false;
    }

    BitSet bits(int offset) {
        BitSet bits = new BitSet();
        for (int i = 0; i < length; i += 2) {
            int low = Math.min(runs[i], runs[i + 1]) - offset;
            bits.set(low, low + Math.abs(runs[i + 1] - runs[i]) + 1);
        }
        return bits;
    }

    FrameSet build() {
        return length == 0 ? FrameSet.empty() : new FrameSet(Arrays.copyOf(runs, length), size);
    }
}
