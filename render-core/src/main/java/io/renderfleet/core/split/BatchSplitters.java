package io.renderfleet.core.split;

import io.renderfleet.core.spi.BatchSplitter;

/** Ready-made splitters. All are immutable and thread-safe. */
public final class BatchSplitters {

    /** The default size of a batch, in frames. */
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

    /**
     * Cuts a part of the waiting frames, so that batches become smaller as the end comes near. The speed of nodes does not count.
     *
     * @param parts into how many batches the waiting frames are divided, at least 1; usually a few times the number of slots
     * @return the splitter
     * @throws IllegalArgumentException if the number is not positive
     */
    public static BatchSplitter guided(int parts) {
        if (parts < 1) {
            throw new IllegalArgumentException("guided batches of 1/" + parts + ": at least 1 part is needed");
        }
        return context -> context.waiting().take(Math.max(1, context.waitingFrames() / parts));
    }

    /**
     * Cuts batches by what is known: how fast the node is, how long a frame and the start of a batch take, and how many frames wait.
     * Batches are large early, and single frames at the end.
     *
     * @return the splitter
     */
    public static BatchSplitter adaptive() {
        return new AdaptiveSplitter();
    }
}
