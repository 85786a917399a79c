package io.renderfleet.core.spi;

import io.renderfleet.core.model.FrameSet;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known when a batch is cut.
 *
 * @param waiting the job's frames that wait, in the order of the request; of a very scattered job only its first part
 * @param waitingFrames how many wait in all, at least {@code waiting.size()}
 * @param nodeSpeed how fast the node that has a free slot is beside the average node, 1 where unknown
 * @param farmSpeed the sum of the speeds of all slots that this job may use, at least {@code nodeSpeed}
 * @param frameTime what a frame of this job takes on a node of speed 1, or null before anything was measured
 * @param startTime what a node takes from getting a batch of this job to its first frame beyond the frame itself; null before
 *     anything was measured
 * @param ahead a waiting frame that had better be rendered before its turn, since what it takes tells what is to come: the last of the job
 *     or its middle one; null where there is none, or the order is to be kept
 */
public record SplitContext(
        FrameSet waiting,
        int waitingFrames,
        double nodeSpeed,
        double farmSpeed,
        @Nullable Duration frameTime,
        @Nullable Duration startTime,
        @Nullable Integer ahead) {}
