package io.renderfleet.core.spi;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import org.jspecify.annotations.Nullable;

/**
 * How a remote job ended.
 *
 * @param state in which state
 * @param finished the frames that it says it rendered and verified
 * @param failure why it did not render all; null if completed
 */
public record BatchEnd(
        State state, FrameSet finished, @Nullable Failure failure) {

    /** In which state a remote job ends. */
    public enum State {
        /** All its frames were rendered. */
        COMPLETED,
        /** Some were not, for the stated reason. */
        FAILED,
        /** Somebody stopped it. */
        CANCELLED
    }
}
