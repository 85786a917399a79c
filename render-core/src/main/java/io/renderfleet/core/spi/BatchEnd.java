package io.renderfleet.core.spi;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.SceneReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a remote job ended.
 *
 * @param state in which state
 * @param finished the frames that it says it rendered and verified
 * @param failure why it did not render all; null if completed
 * @param outputs all that {@link RenderTransport#frames} would list now, so that nobody has to ask; null where the target does not tell
 *     that with the end, because it never does or because it is too much. A part of the list is never told
 * @param warnings what an artist should know, at most {@link RenderWarning#MAX_KEPT}
 * @param scene what was found out about the scene, or null where it was not loaded or the target does not tell
 */
public record BatchEnd(
        State state,
        FrameSet finished,
        @Nullable Failure failure,
        @Nullable List<FrameOutput> outputs,
        List<RenderWarning> warnings,
        @Nullable SceneReport scene) {

    /** Copies the lists. */
    public BatchEnd {
        outputs = outputs == null ? null : List.copyOf(outputs);
        warnings = List.copyOf(warnings);
    }

    /**
     * Makes an end that does not tell the files: they are to be listed.
     *
     * @param state in which state
     * @param finished the frames that it says it rendered and verified
     * @param failure why it did not render all; null if completed
     */
    public BatchEnd(State state, FrameSet finished, @Nullable Failure failure) {
        this(state, finished, failure, null, List.of(), null);
    }

    /**
     * Adds what was made.
     *
     * @param value all finished frames with their files, or null if they are to be listed
     * @return a changed copy
     */
    public BatchEnd withOutputs(@Nullable List<FrameOutput> value) {
        return new BatchEnd(state, finished, failure, value, warnings, scene);
    }

    /**
     * Adds what an artist should know.
     *
     * @param value the warnings
     * @return a changed copy
     */
    public BatchEnd withWarnings(List<RenderWarning> value) {
        return new BatchEnd(state, finished, failure, outputs, value, scene);
    }

    /**
     * Adds what was found out about the scene.
     *
     * @param value the report, or null
     * @return a changed copy
     */
    public BatchEnd withScene(@Nullable SceneReport value) {
        return new BatchEnd(state, finished, failure, outputs, warnings, value);
    }

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
