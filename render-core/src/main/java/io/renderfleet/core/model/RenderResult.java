package io.renderfleet.core.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a job ended.
 *
 * @param job the job
 * @param state completed, failed or cancelled
 * @param folder where the frames are
 * @param frames the accepted frames with their files, which are relative to the folder, by frame number
 * @param unverified frames that a node says it rendered but cannot show
 * @param failed frames that were given up
 * @param failure why it did not complete, or null
 * @param warnings what an artist should know about the frames, at most {@link RenderWarning#MAX_KEPT}
 * @param took from submission to end
 */
public record RenderResult(
        JobId job,
        JobState state,
        Path folder,
        List<FrameOutput> frames,
        FrameSet unverified,
        FrameSet failed,
        @Nullable Failure failure,
        List<RenderWarning> warnings,
        Duration took) {

    /** Copies the lists, frames only where they are no {@link FrameTable}. */
    public RenderResult {
        frames = frames instanceof FrameTable ? frames : List.copyOf(frames);
        warnings = List.copyOf(warnings);
    }

    /**
     * Returns whether every frame is there, fetched and checked.
     *
     * @return true if completed and nothing is unverified
     */
    public boolean isComplete() {
        return state == JobState.COMPLETED && unverified.isEmpty();
    }

    /**
     * Insists on every frame.
     *
     * @return this result if it is {@linkplain #isComplete() complete}
     * @throws IllegalStateException with the reason, if it is not
     */
    public RenderResult orThrow() {
        if (!isComplete()) {
            String reason = failure != null
                    ? failure.toString()
                    : unverified.isEmpty()
                            ? "not every frame was rendered"
                            : "frames " + unverified
                                    + " are unverified: their node says it rendered them, and lists no files";
            throw new IllegalStateException("job " + job + " is " + state.wireName() + ": " + reason);
        }
        return this;
    }

    /**
     * Returns the pictures.
     *
     * @return the main file of each accepted frame, by frame number
     */
    public List<Path> files() {
        return frames.stream().map(frame -> folder.resolve(frame.main().name())).toList();
    }
}
