package io.renderfleet.core.spi;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.RunFacts;
import io.renderfleet.core.model.SceneReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a remote job ended.
 *
 * @param state in which state
 * @param finished the frames that it says it rendered and verified
 * @param failure why it did not render all; null if completed
 * @param outputs all that {@link RenderTransport#frames} would list now, so that the engine need not ask; null where the target does not
 *     send the list with the end, because it never does or because the list is too long. It is never a part of the list
 * @param warnings what an artist should know, at most {@link RenderWarning#MAX_KEPT}
 * @param scene what the target found out about the scene, or null where it did not load the scene or does not say
 * @param run what the target says of how it rendered
 */
public record BatchEnd(
        State state,
        FrameSet finished,
        @Nullable Failure failure,
        @Nullable List<FrameOutput> outputs,
        List<RenderWarning> warnings,
        @Nullable SceneReport scene,
        RunFacts run) {

    /** Copies the lists. */
    public BatchEnd {
        outputs = outputs == null ? null : List.copyOf(outputs);
        warnings = List.copyOf(warnings);
    }

    /**
     * Makes an end without files: the engine lists them.
     *
     * @param state in which state
     * @param finished the frames that it says it rendered and verified
     * @param failure why it did not render all; null if completed
     */
    public BatchEnd(State state, FrameSet finished, @Nullable Failure failure) {
        this(state, finished, failure, null, List.of(), null, RunFacts.NONE);
    }

    /**
     * Adds what was made.
     *
     * @param value all finished frames with their files, or null if the engine must list them
     * @return a changed copy
     */
    public BatchEnd withOutputs(@Nullable List<FrameOutput> value) {
        return new BatchEnd(state, finished, failure, value, warnings, scene, run);
    }

    /**
     * Adds what an artist should know.
     *
     * @param value the warnings
     * @return a changed copy
     */
    public BatchEnd withWarnings(List<RenderWarning> value) {
        return new BatchEnd(state, finished, failure, outputs, value, scene, run);
    }

    /**
     * Adds what the target found out about the scene.
     *
     * @param value the report, or null
     * @return a changed copy
     */
    public BatchEnd withScene(@Nullable SceneReport value) {
        return new BatchEnd(state, finished, failure, outputs, warnings, value, run);
    }

    /**
     * Adds what the target says of how it rendered.
     *
     * @param value device and memory, as far as it says
     * @return a changed copy
     */
    public BatchEnd withRun(RunFacts value) {
        return new BatchEnd(state, finished, failure, outputs, warnings, scene, value);
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
