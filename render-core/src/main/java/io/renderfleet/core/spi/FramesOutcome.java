package io.renderfleet.core.spi;

import io.renderfleet.core.model.FrameOutput;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The finished frames of a remote job. Callers keep a default branch. */
public sealed interface FramesOutcome {

    /**
     * The target listed them.
     *
     * @param frames the finished frames, each with digests that {@link RenderTransport#fetch} holds the files against
     */
    record Listed(List<FrameOutput> frames) implements FramesOutcome {}

    /**
     * The target lists no frames: what it renders stays unverified.
     */
    record Unsupported() implements FramesOutcome {}

    /**
     * The target does not know the job (any more).
     */
    record Lost() implements FramesOutcome {}

    /**
     * Too many calls.
     *
     * @param retryAfter how long the target asks to wait, or null where it does not say (or says nonsense)
     */
    record Throttled(@Nullable Duration retryAfter) implements FramesOutcome {}

    /**
     * No answer, or none that makes sense.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements FramesOutcome {}
}
