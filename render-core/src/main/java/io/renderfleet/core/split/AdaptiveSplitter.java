package io.renderfleet.core.split;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.SplitContext;
import java.time.Duration;

/**
 * Large batches early, small ones at the end, cut to the speed of the node.
 *
 * <p>Each batch is a part of the node's fair share of what waits, as in guided self-scheduling (Polychronopoulos and Kuck, 1987). It is
 * made longer where starting costs much beside a frame, so that starting takes a twentieth of a batch at most; never so long that a
 * lost node costs more than some minutes; and never more than most of the fair share, so that nodes end together.
 *
 * <p>Of a job whose order is free, the last and the middle frame go ahead of the others: if one is dear, it does not hold the job at its end.
 */
record AdaptiveSplitter() implements BatchSplitter {
    private static final double PART_OF_SHARE = 1 / 3.0;
    private static final double MOST_OF_SHARE = 1 / 1.5;
    private static final double START_OVER_BATCH = 1 / 20.0;
    private static final double LONGEST_SECONDS = 180;
    private static final int FIRST = 5;
    private static final double NOT_SLOW = 0.8;

    @Override
    public FrameSet next(SplitContext context) {
        int size = size(context);
        Integer ahead = context.ahead();
        return ahead != null && mayGoAhead(context, size)
                ? FrameSet.of(ahead)
                : context.waiting().take(size);
    }

    /** A frame goes ahead once it is known what frames take, on a node that is not slow, and where a batch of one frame costs little. */
    private static boolean mayGoAhead(SplitContext context, int size) {
        Duration frameTime = context.frameTime();
        if (frameTime == null || context.nodeSpeed() < NOT_SLOW) {
            return false;
        }
        Duration startTime = context.startTime();
        double share = context.waitingFrames() / context.farmSpeed() * seconds(frameTime);
        double worth = Math.max(seconds(frameTime) / context.nodeSpeed(), START_OVER_BATCH * share);
        return size == 1 || startTime == null || seconds(startTime) <= worth;
    }

    private static int size(SplitContext context) {
        double share = context.waitingFrames() * context.nodeSpeed() / context.farmSpeed();
        Duration frameTime = context.frameTime();
        if (frameTime == null) {
            // Nothing is known before the first frames are back: a small batch finds out.
            return (int) Math.max(1, Math.min(FIRST, share / 8));
        }
        double framesPerSecond = context.nodeSpeed() / Math.max(seconds(frameTime), 1e-6);
        Duration startTime = context.startTime();
        double worthStarting = startTime == null ? 0 : seconds(startTime) / START_OVER_BATCH * framesPerSecond;
        double wanted = Math.max(share * PART_OF_SHARE, Math.min(share * MOST_OF_SHARE, worthStarting));
        return (int) Math.max(1, Math.min(wanted, LONGEST_SECONDS * framesPerSecond));
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
