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

    /**
     * Cuts a part of what waits, less and less as the end comes near, whatever the nodes' speeds are.
     *
     * @param parts how many batches what waits is thought to be cut into, at least 1; some times the number of slots is usual
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
     * Cuts batches to what is known: how fast the node is, what frames and starting cost, and how much waits. Large batches early, single
     * frames at the end.
     *
     * @return the splitter
     */
    public static BatchSplitter adaptive() {
        return new AdaptiveSplitter();
    }
}
