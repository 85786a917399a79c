package io.renderfleet.core.spi;

import io.renderfleet.core.model.NodeDescription;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a target says of itself. Callers keep a default branch. */
public sealed interface DescribeOutcome {

    /**
     * The target told what it is.
     *
     * @param node the description
     */
    record Described(NodeDescription node) implements DescribeOutcome {}

    /**
     * The target is there but has no way to describe itself: the simplest node there can be, with one slot and no capabilities, so
     * that its frames are never asked for and end unverified.
     */
    record Anonymous() implements DescribeOutcome {}

    /**
     * The target is there and refuses, for example for a wrong token.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Refused(String cause) implements DescribeOutcome {}

    /**
     * Too many calls.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Throttled(@Nullable Duration retryAfter) implements DescribeOutcome {}

    /**
     * The target did not answer.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements DescribeOutcome {}
}
