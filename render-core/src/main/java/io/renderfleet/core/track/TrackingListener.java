package io.renderfleet.core.track;

import io.renderfleet.core.spi.PollOutcome;
import java.time.Duration;

/** Learns how a remote job proceeds. It is called on the tracker's loop, so it must be quick and must not block. */
@FunctionalInterface
public interface TrackingListener {

    /**
     * Called when a poll is sent.
     *
     * @param hold how long the target may hold its answer, so that its silence until then means nothing; zero for not at all
     */
    default void onAsk(Duration hold) {}

    /**
     * Called when a poll was answered, or could not be.
     *
     * @param outcome what the poll gave; the last one is followed by {@link #onEnd}. That a target wants fewer calls is reported even if
     *     the answer comes after the end, since it concerns the other jobs of the target.
     */
    default void onPoll(PollOutcome outcome) {}

    /**
     * Called once, when the tracker no longer watches the job.
     *
     * @param end how it ended
     */
    void onEnd(TrackingEnd end);
}
