package io.renderfleet.node;

/** What became of a cancel. */
public sealed interface CancelResult {

    /**
     * The job is being stopped; its end follows once all its processes are gone.
     *
     * @param job how it stands
     */
    record Stopping(NodeJobView job) implements CancelResult {}

    /**
     * The job is stopped, or had ended before.
     *
     * @param job how it stands
     */
    record Stopped(NodeJobView job) implements CancelResult {}

    /** There is no such job. */
    record UnknownJob() implements CancelResult {}

    /**
     * The sender was replaced by a newer coordinator of its farm.
     *
     * @param known the greatest epoch of that farm
     */
    record StaleEpoch(long known) implements CancelResult {}
}
