package io.renderfleet.transport.http.wire;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as an orchestrator shows it: the answer to {@code GET /jobs/{id}}, and an entry of {@link JobList}.
 *
 * @param id the job's id
 * @param name how people call it
 * @param owner the name of the token that it was submitted with, if that has one
 * @param state the word of a {@link WireJobState}
 * @param status the line of that state
 * @param frames what was asked for
 * @param accepted what is rendered, checked and published
 * @param failed what could not be rendered
 * @param unverified what was rendered on nodes that list no frames
 * @param priority higher goes first
 * @param progress 0 to 1
 * @param framesPerSecond how fast it goes
 * @param secondsLeft a guess
 * @param submittedAt when it came
 * @param endedAt when it ended
 * @param failure why it failed
 * @param renderer what renders it; null for whatever its nodes have
 * @param warnings what an artist should know about its frames
 * @param frameRate how many frames its film shows in a second, such as {@code 24} or {@code 30000/1001}; null where no node has reported it
 * @param baked whether its simulations were baked by a node of the farm; null where an older orchestrator does not say
 * @param batches its batches; left out in lists
 * @param waitingFor why frames wait; null where none does, and in lists where something of the job is under way
 */
public record OrchestratorJob(
        @Nullable String id,
        @Nullable String name,
        @Nullable String owner,
        @Nullable String state,
        @Nullable String status,
        @Nullable String frames,
        @Nullable String accepted,
        @Nullable String failed,
        @Nullable String unverified,
        @Nullable Integer priority,
        @Nullable Double progress,
        @Nullable Double framesPerSecond,
        @Nullable Double secondsLeft,
        @Nullable Instant submittedAt,
        @Nullable Instant endedAt,
        @Nullable FailureBody failure,
        @Nullable String renderer,
        @Nullable List<WarningBody> warnings,
        @Nullable String frameRate,
        @Nullable Boolean baked,
        @Nullable List<BatchEntry> batches,
        @Nullable WaitingBody waitingFor) {

    /**
     * One batch.
     *
     * @param id its id in the job
     * @param frames what it renders
     * @param state in which state it is
     * @param node who has it
     * @param attempt the number of this attempt, from 1
     * @param finished what is rendered of it
     */
    public record BatchEntry(
            @Nullable String id,
            @Nullable String frames,
            @Nullable String state,
            @Nullable String node,
            @Nullable Integer attempt,
            @Nullable String finished) {}
}
