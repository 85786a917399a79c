package io.renderfleet.core.split;

import io.renderfleet.core.spi.BatchSplitter;

/** Ready-made splitters. All are immutable and thread-safe. */
public final class BatchSplitters {

    /** How many frames a batch has where nobody says otherwise. */
    public static final int DEFAULT_SIZE = 5;

    private BatchSplitters() {}

    /**
     * Cuts batches of 5.
     *
     * @return the usual splitter
     */
    public static BatchSplitter ofDefaults() {
        return fixed(DEFAULT_SIZE);
    }

    /**
     * Cuts batches of one size; the last one takes what is left.
     *
     * @param frames 1 or more
     * @return the splitter
     * @throws IllegalArgumentException if the size is not positive
     */
    public static BatchSplitter fixed(int frames) {
        if (frames < 1) {
            throw new IllegalArgumentException("a batch of " + frames + " frames: at least 1 is needed");
        }
        return context -> context.waiting().take(frames);
    }
}
