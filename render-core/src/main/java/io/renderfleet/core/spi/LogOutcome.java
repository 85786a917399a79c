package io.renderfleet.core.spi;

/** The log of a remote job. Callers keep a default branch. */
public sealed interface LogOutcome {

    /**
     * What it has written.
     *
     * @param text the end of the log
     */
    record Text(String text) implements LogOutcome {}

    /**
     * The target keeps no logs, or does not know the job.
     */
    record Unsupported() implements LogOutcome {}

    /**
     * No answer.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements LogOutcome {}
}
