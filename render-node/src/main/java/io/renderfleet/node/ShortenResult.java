package io.renderfleet.node;

import io.renderfleet.core.model.FrameSet;

/** What became of taking frames away. */
public sealed interface ShortenResult {

    /**
     * The job goes on with these.
     *
     * @param frames what it will have rendered in the end
     */
    record Kept(FrameSet frames) implements ShortenResult {}

    /**
     * The job had ended.
     *
     * @param job how it stands
     */
    record AlreadyEnded(NodeJobView job) implements ShortenResult {}

    /** There is no such job. */
    record UnknownJob() implements ShortenResult {}

    /**
     * The sender was replaced by a newer coordinator of its farm.
     *
     * @param known the greatest epoch of that farm
     */
    record StaleEpoch(long known) implements ShortenResult {}
}
