package io.renderfleet.core.track;

import io.renderfleet.core.spi.PollOutcome;
import java.time.Duration;

/** Hears how a remote job comes along. Called on the tracker's loop: quick, without blocking. */
@FunctionalInterface
public interface TrackingListener {

    /**
     * Hears that a poll is sent.
     *
     * @param hold how long the target may hold its answer, so that its silence until then means nothing; zero for not at all
     */
    default void onAsk(Duration hold) {}

    /**
     * Hears of an answer, or of none.
     *
     * @param outcome what the poll gave; the last one is followed by {@link #onEnd}. That a target wants fewer calls is told even by a
     *     poll whose answer comes after the end, since it concerns the target's other jobs.
     */
    default void onPoll(PollOutcome outcome) {}

    /**
     * Hears that the watching is over, once.
     *
     * @param end how it ended
     */
    void onEnd(TrackingEnd end);
}
