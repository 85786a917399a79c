package io.renderfleet.core.model;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far a job is.
 *
 * @param job the job
 * @param state how it stands
 * @param done frames that are accepted or unverified
 * @param failed frames that are given up
 * @param total all frames of the job
 * @param fraction how much is done, frames that are being rendered included, 0 to 1
 * @param framesPerSecond how fast it has been going lately, or null
 * @param timeLeft when it will probably be done, or null
 */
public record Progress(
        JobId job,
        JobState state,
        int done,
        int failed,
        int total,
        double fraction,
        @Nullable Double framesPerSecond,
        @Nullable Duration timeLeft) {

    /**
     * Takes the numbers of a job.
     *
     * @param job the job as it stands
     * @return its progress
     */
    public static Progress of(RenderJob job) {
        return new Progress(
                job.id(),
                job.state(),
                job.accepted().size() + job.unverified().size(),
                job.failed().size(),
                job.request().frames().size(),
                job.progress(),
                job.framesPerSecond(),
                job.timeLeft());
    }

    /** Gives one line, such as {@code shot-5f0c: 12 of 20 frames, 1.4 frames/s, 6 s left}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(job + ": " + done + " of " + total + " frames");
        if (failed > 0) {
            text.append(", ").append(failed).append(" failed");
        }
        if (framesPerSecond != null) {
            text.append(String.format(Locale.ROOT, ", %.1f frames/s", framesPerSecond));
        }
        if (timeLeft != null && !state.hasEnded()) {
            text.append(", ").append(timeLeft.toSeconds()).append(" s left");
        }
        return text.toString();
    }
}
