package io.renderfleet.core.spi;

import io.renderfleet.core.model.FrameSet;

/**
 * Decides which frames go to a node together.
 *
 * <p>It is asked each time a slot is free, so that a batch can be cut to what is known by then; frames stay ranges until that
 * moment. Ready-made ones are in {@code io.renderfleet.core.split.BatchSplitters}.
 *
 * <p>Called on the engine's loop: quick, without blocking, and the same answer for the same context.
 */
@FunctionalInterface
public interface BatchSplitter {

    /**
     * Cuts the next batch.
     *
     * @param context what waits and who would take it
     * @return the frames of the batch: a non-empty part of {@link SplitContext#waiting()}. An empty or foreign answer is a bug of
     *     the splitter and fails the job with kind {@code INTERNAL_ERROR}.
     */
    FrameSet next(SplitContext context);
}
