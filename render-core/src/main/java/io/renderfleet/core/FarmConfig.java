package io.renderfleet.core;

import io.renderfleet.core.model.RetryPolicy;
import io.renderfleet.core.node.HealthPolicy;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.track.PollPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a farm is to work; the builder of {@link RenderExecutor} says what each value means. */
record FarmConfig(
        BatchSplitter splitter,
        RetryPolicy retry,
        PollPolicy polls,
        HealthPolicy health,
        BalancePolicy balance,
        Duration batchTimeout,
        Duration jobDeadline,
        int fetches,
        int maxJobs,
        int maxUnfinished,
        @Nullable String renderer) {

    /** Cuts a wait that a node names. */
    Duration cut(Duration wait) {
        Duration longest = polls.maxRetryAfter();
        return wait.compareTo(longest) > 0 ? longest : wait;
    }
}
