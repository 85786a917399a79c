package io.renderfleet.core.engine;

import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.policy.HealthPolicy;
import io.renderfleet.core.policy.PollPolicy;
import io.renderfleet.core.policy.RetryPolicy;
import io.renderfleet.core.policy.SharePolicy;
import io.renderfleet.core.spi.BatchSplitter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a farm is to work; {@code RenderExecutorBuilder} says what each value means.
 *
 * @param splitter cuts jobs into batches
 * @param retry what is tried again, and when
 * @param polls how often nodes are asked
 * @param health when a node gets no work
 * @param balance how the last frames move to idle nodes
 * @param shares how slots are shared between owners and jobs
 * @param batchTimeout how long a batch may take
 * @param stallTimeout how long a batch may show no progress
 * @param callTimeout how long a call may take
 * @param jobDeadline how long a job may take
 * @param keepEnded how long ended jobs are known
 * @param closeTimeout how long closing may take
 * @param fetches how many files are fetched at once
 * @param maxJobs how many jobs may be known
 * @param maxUnfinished how many jobs may be unfinished
 * @param maxFile how many bytes a file of a frame may have
 * @param decodeFrames whether the pixels of frames are decoded before they are published
 * @param maxMemory how many bytes the jobs that are known may take
 * @param maxMemoryOfOwner how many of them those of one owner may take
 * @param maxUnfinishedOfOwner how many unfinished jobs one owner may have
 * @param renderer what renders jobs that name nothing, or null
 */
public record FarmConfig(
        BatchSplitter splitter,
        RetryPolicy retry,
        PollPolicy polls,
        HealthPolicy health,
        BalancePolicy balance,
        SharePolicy shares,
        Duration batchTimeout,
        Duration stallTimeout,
        Duration callTimeout,
        Duration jobDeadline,
        Duration keepEnded,
        Duration closeTimeout,
        int fetches,
        int maxJobs,
        int maxUnfinished,
        long maxFile,
        boolean decodeFrames,
        long maxMemory,
        long maxMemoryOfOwner,
        int maxUnfinishedOfOwner,
        @Nullable String renderer) {

    /** Cuts a wait that a node names. */
    Duration cut(Duration wait) {
        Duration longest = polls.maxRetryAfter();
        return wait.compareTo(longest) > 0 ? longest : wait;
    }
}
