package io.renderfleet.core.spi;

/** What became of a cancel. Callers keep a default branch. */
public sealed interface CancelOutcome {

    /**
     * It is being stopped.
     */
    record Stopping() implements CancelOutcome {}

    /**
     * It is stopped, or had ended before, or is unknown there.
     */
    record Stopped() implements CancelOutcome {}

    /**
     * The target cannot stop anything.
     */
    record Unsupported() implements CancelOutcome {}

    /**
     * A newer coordinator exists: stand down.
     */
    record Fenced() implements CancelOutcome {}

    /**
     * No answer, or none that makes sense.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements CancelOutcome {}
}
