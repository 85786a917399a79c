package io.renderfleet.node;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.RunFacts;
import io.renderfleet.core.model.SceneReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stood at one moment.
 *
 * @param id URL-safe and not to be guessed
 * @param pid a decimal alias of the id, unique on the node; no process id
 * @param state whether it runs, or how it ended
 * @param frames the frames that it renders, in order; fewer than were asked for once it was shortened
 * @param finished the frames that are rendered and verified
 * @param currentFrame the frame that is being rendered, or null
 * @param sample samples done of the current frame, 0 where unknown
 * @param samples how many it has, 0 where unknown
 * @param progress 0 to 1
 * @param secondsPerFrame what a frame has taken on average, or null before the first is done
 * @param timeLeft a guess from that, or null
 * @param acceptedAt when the node took it
 * @param startedAt when its first frame was begun, or null
 * @param endedAt when it ended, or null
 * @param failure why not all frames are there, or null
 * @param warnings what an artist should know, at most {@link RenderWarning#MAX_KEPT}
 * @param scene what was found in the scene, or null before it is loaded; what of it is baked can be fetched as long as it says so
 * @param run on what it was rendered, and with how much memory, as far as the engine says; nothing of jobs of an earlier boot
 * @param job the name of the job, or null
 * @param batch the name of the batch, or null
 * @param attempt which attempt of a coordinator it is, or null
 * @param version grows with each change of this job within one boot of the node
 * @param pollAfter when to ask again, 1 to 60 s
 */
public record NodeJobView(
        String id,
        long pid,
        NodeJobState state,
        FrameSet frames,
        FrameSet finished,
        @Nullable Integer currentFrame,
        int sample,
        int samples,
        double progress,
        @Nullable Double secondsPerFrame,
        @Nullable Duration timeLeft,
        Instant acceptedAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Failure failure,
        List<RenderWarning> warnings,
        @Nullable SceneReport scene,
        RunFacts run,
        @Nullable JobId job,
        @Nullable BatchId batch,
        @Nullable AttemptId attempt,
        long version,
        Duration pollAfter) {

    /** Copies the list. */
    public NodeJobView {
        warnings = List.copyOf(warnings);
    }

    /**
     * Returns the one line of the text form.
     *
     * @return such as {@code Job still running} or {@code Job failed: out of memory}
     */
    public String status() {
        return state == NodeJobState.FAILED && failure != null
                ? state.sentence() + ": " + failure.message().replaceAll("\\s+", " ")
                : state.sentence();
    }
}
