package io.renderfleet.core.spi;

import io.renderfleet.core.model.FrameSet;

/** What became of taking frames away. Callers keep a default branch. */
public sealed interface ShortenOutcome {

    /**
     * It goes on with these.
     *
     * @param frames what the remote job will have rendered in the end
     */
    record Kept(FrameSet frames) implements ShortenOutcome {}

    /**
     * It had ended.
     *
     * @param finished what it rendered
     */
    record AlreadyEnded(FrameSet finished) implements ShortenOutcome {}

    /**
     * The target cannot do that, or does not know the job.
     */
    record Unsupported() implements ShortenOutcome {}

    /**
     * A newer coordinator exists: stand down.
     */
    record Fenced() implements ShortenOutcome {}

    /**
     * No answer: whether it was shortened is unknown until asked again.
     *
     * @param cause what went wrong, in words for an operator
     */
    record Unreachable(String cause) implements ShortenOutcome {}
}
