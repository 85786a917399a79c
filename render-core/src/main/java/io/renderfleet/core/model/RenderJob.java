package io.renderfleet.core.model;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands at one moment.
 *
 * @param id its identity
 * @param request what was asked
 * @param folder where its frames are published
 * @param state how it stands
 * @param priority how urgent it is now
 * @param accepted frames that are fetched, checked and published
 * @param unverified frames that a node says it rendered but cannot show
 * @param failed frames that are given up
 * @param waiting frames that wait for a node
 * @param framesPerSecond how fast it has been going lately, or null
 * @param timeLeft when it will probably be done, or null
 * @param submittedAt when it was submitted
 * @param endedAt when it ended, or null
 * @param failure why it failed, or null
 * @param warnings what an artist should know about its frames, at most {@link RenderWarning#MAX_KEPT}
 * @param frameRate how many frames its film shows in a second, as the scene says; null before a node has reported it
 * @param baked the scene with its simulations baked, from which frames are rendered; null where it is rendered as it was sent
 * @param batches its batches in the order of their dispatch; of a long job the last 1,000
 * @param waitingFor why frames wait; null where none does, and in lists of jobs where something of the job is
 *     under way, or many other jobs have been asked before
 */
public record RenderJob(
        JobId id,
        RenderRequest request,
        Path folder,
        JobState state,
        int priority,
        FrameSet accepted,
        FrameSet unverified,
        FrameSet failed,
        FrameSet waiting,
        @Nullable Double framesPerSecond,
        @Nullable Duration timeLeft,
        Instant submittedAt,
        @Nullable Instant endedAt,
        @Nullable Failure failure,
        List<RenderWarning> warnings,
        @Nullable FrameRate frameRate,
        @Nullable BakedScene baked,
        List<Batch> batches,
        @Nullable Waiting waitingFor) {

    /** Copies the lists. */
    public RenderJob {
        warnings = List.copyOf(warnings);
        batches = List.copyOf(batches);
    }

    /**
     * Returns how much of the job is done, frames that are being rendered included.
     *
     * @return 0 to 1
     */
    public double progress() {
        int all = request.frames().size();
        double done = accepted.size() + unverified.size();
        for (Batch batch : batches) {
            if (batch.state() == Batch.State.RUNNING || batch.state() == Batch.State.COLLECTING) {
                FrameSet extra = batch.progress().finished().minus(accepted).minus(unverified);
                done += extra.size() + batch.progress().currentFraction();
            }
        }
        return Math.min(1, done / all);
    }

    /**
     * Returns how the job stands, in one line for people and scripts.
     *
     * @return such as {@code Job still running}, {@code Job completed} or {@code Job failed: …}
     */
    public String status() {
        return switch (state) {
            case QUEUED, RUNNING, PAUSED -> "Job still running";
            case COMPLETED ->
                unverified.isEmpty() ? "Job completed" : "Job completed: frames " + unverified + " are unverified";
            case FAILED -> "Job failed: " + (failure == null ? "unknown reason" : failure.message());
            case CANCELLED -> "Job cancelled";
        };
    }
}
