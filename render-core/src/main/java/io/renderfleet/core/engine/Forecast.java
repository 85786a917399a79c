package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.LogEstimate;
import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.model.BatchProgress;
import io.renderfleet.core.model.FrameSet;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a running batch will probably end, in seconds from now, and what its running frame costs: from the samples that are done where the
 * node reports them, from what frames of the job took so far otherwise.
 *
 * @param untouched the frames that are not begun
 * @param currentLeft what the running frame will take yet
 * @param currentTotal what the running frame takes in all on its node
 * @param frame what an untouched frame will take on its node
 * @param speed how fast its node is beside the average one, in the light of the frame that runs
 */
record Forecast(FrameSet untouched, double currentLeft, double currentTotal, double frame, double speed) {
    private static final double ENOUGH_TO_TELL = 0.03;

    /** Makes a forecast; null where nothing is known yet. */
    static @Nullable Forecast of(OpenBatch batch, long nowNanos) {
        Duration frameTime = batch.job.pace.frameTime();
        NodeEntry node = batch.node;
        if (batch.rebalancing.isWaiting()) {
            // When a pool will begin it nobody knows.
            return new Forecast(
                    batch.unsettled(),
                    0,
                    0,
                    Double.POSITIVE_INFINITY,
                    node.speed().factor());
        }
        if (frameTime == null) {
            return null;
        }
        LogEstimate known = node.speed().estimate();
        double mean = frameTime.toNanos() / 1e9;
        BatchProgress progress = batch.watch.progress();
        FrameSet left = batch.unsettled().minus(progress.finished());
        Integer current = progress.currentFrame();
        if (current == null || !left.contains(current)) {
            return new Forecast(left, 0, 0, mean / known.median(), known.median());
        }
        double elapsed = Math.max(1_000, nowNanos - batch.watch.currentSince()) / 1e9;
        double fraction = progress.currentFraction();
        FrameSet untouched = left.minus(FrameSet.of(current));
        LogEstimate.Surprise surprise;
        double total;
        if (fraction >= ENOUGH_TO_TELL) {
            total = elapsed / fraction;
            surprise = batch.job.pace.surprise(total, known);
        } else {
            // The longer a frame has taken, the longer it will probably take: costs have long tails.
            LogEstimate.Surprise soFar = batch.job.pace.surprise(elapsed, known);
            surprise = soFar.soFar();
            total = elapsed * Math.exp(surprise.excess() - soFar.excess());
        }
        double speed = known.lessFast(surprise.robust()).median();
        return new Forecast(untouched, Math.max(0, total - elapsed), total, mean / speed, speed);
    }

    /** What the running frame would take on an average node. */
    double work() {
        return currentTotal * speed;
    }

    /** When the batch will be done. */
    double end() {
        return currentLeft + untouched.size() * frame;
    }
}
