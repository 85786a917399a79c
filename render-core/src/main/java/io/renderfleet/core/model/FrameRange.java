package io.renderfleet.core.model;

/**
 * A run of neighbouring frames in the order in which they are rendered: {@code 1-5} upwards, {@code 5-1} downwards.
 *
 * @param first the frame that is rendered first
 * @param last the frame that is rendered last, included; smaller than {@code first} in a reverse range
 */
public record FrameRange(int first, int last) {

    /**
     * Checks that both ends are frames.
     *
     * @throws IllegalArgumentException if an end is outside {@link FrameSet#MIN_FRAME} to {@link FrameSet#MAX_FRAME}
     */
    public FrameRange {
        FrameSet.requireFrame(first);
        FrameSet.requireFrame(last);
    }

    /**
     * Returns how many frames the run holds.
     *
     * @return at least 1
     */
    public int size() {
        return Math.abs(last - first) + 1;
    }

    /**
     * Returns the direction of the run.
     *
     * @return true for {@code 5-1}, false for {@code 1-5} and for a single frame
     */
    public boolean reversed() {
        return last < first;
    }

    int low() {
        return Math.min(first, last);
    }

    int high() {
        return Math.max(first, last);
    }

    boolean contains(int frame) {
        return low() <= frame && frame <= high();
    }

    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
