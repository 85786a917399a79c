package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import java.time.Duration;

/** What became of a request. */
public sealed interface SubmitResult {

    /**
     * The node has the job.
     *
     * @param job how it stands
     * @param created true for a new job, false if the same idempotency key had made it before
     */
    record Accepted(NodeJobView job, boolean created) implements SubmitResult {}

    /**
     * The idempotency key was used for another request.
     *
     * @param job the job of that request
     */
    record KeyMismatch(NodeJobView job) implements SubmitResult {}

    /**
     * The sender was replaced by a newer coordinator of its farm.
     *
     * @param known the greatest epoch of that farm
     */
    record StaleEpoch(long known) implements SubmitResult {}

    /**
     * Too many requests, as the {@link RateGate} says.
     *
     * @param retryAfter how long to wait
     */
    record Throttled(Duration retryAfter) implements SubmitResult {}

    /**
     * All slots are in use.
     *
     * @param slots how many there are
     * @param retryAfter when one is likely to be free, 1 to 60 s
     */
    record SlotsTaken(int slots, Duration retryAfter) implements SubmitResult {}

    /**
     * The node takes no more work.
     *
     * @param retryAfter when to ask again, 1 to 60 s
     */
    record Draining(Duration retryAfter) implements SubmitResult {}

    /**
     * The node remembers as many jobs as it can.
     *
     * @param jobs how many
     * @param retryAfter when to ask again, 1 to 60 s
     */
    record TableFull(int jobs, Duration retryAfter) implements SubmitResult {}

    /**
     * The node cannot do what is asked.
     *
     * @param failure why; kind {@code SCENE_NOT_HERE} where it would help to send the scene
     */
    record Rejected(Failure failure) implements SubmitResult {}
}
