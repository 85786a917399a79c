package io.renderfleet.core.engine;

import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a job's frames are so large that they are fetched while their batch goes on, and not all at its end: then the network would
 * stand still while a node renders, and the next batches' ends would wait for it. Belongs to the loop.
 */
final class FrameWeight {
    /**
     * From so many bytes a frame on. Asking for progress and for the list takes two calls of about a millisecond of processor time; carrying and
     * checking 8 MiB takes ten times that, and 70 ms of a gigabit network. What is smaller is through in a moment also at the end.
     */
    private static final long LARGE = 8L << 20;

    private static final Duration LEAST_HOLD = Duration.ofSeconds(1);

    private long lastBytes;

    /** A node has said what files there are of a frame. */
    void listed(FrameOutput frame) {
        lastBytes = frame.files().stream().mapToLong(OutputFile::bytes).sum();
    }

    /**
     * How long a node may hold its answer about a batch at most, so that each of its frames is heard of within about the time that one takes;
     * null where that is not needed. Of the last frame the end of the batch tells.
     */
    @Nullable Duration longestHold(OpenBatch batch) {
        Duration frameTime = batch.job.pace.frameTime();
        if (lastBytes < LARGE || frameTime == null || batch.unsettled().size() < 2) {
            return null;
        }
        Duration here = Duration.ofNanos(
                (long) (frameTime.toNanos() / batch.node.speed().factor()));
        return here.compareTo(LEAST_HOLD) < 0 ? LEAST_HOLD : here;
    }
}
