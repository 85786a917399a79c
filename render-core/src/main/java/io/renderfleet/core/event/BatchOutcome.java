package io.renderfleet.core.event;

/** How an attempt to render a batch ended. */
public enum BatchOutcome {
    /** All its frames are accepted or unverified. */
    COMPLETED,
    /** The node rendered but not everything, or not well. */
    FAILED,
    /** The node did not take it: no free slot, draining, or out of reach. Counts as no try. */
    RETURNED,
    /** The node or the batch on it is gone. Counts as no try. */
    LOST,
    /** It was not needed any more. */
    CANCELLED
}
