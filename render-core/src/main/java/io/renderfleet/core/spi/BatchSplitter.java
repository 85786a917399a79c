package io.renderfleet.core.spi;

import io.renderfleet.core.model.FrameSet;

/**
 * Decides which frames go to a node together.
 *
 * <p>The engine asks it each time a slot is free, so that it can cut a batch to what is known by then. Until that moment frames are ranges.
 * Ready-made ones are in {@code io.renderfleet.core.split.BatchSplitters}.
 *
 * <p>It is called on the engine's loop. So it must be quick, must not block, and must give the same answer for the same context.
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
