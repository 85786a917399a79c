package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.Waiting;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why frames of a job wait, as it travels.
 *
 * @param frames how many wait
 * @param causes why, the one that would last longest first
 */
public record WaitingBody(
        @Nullable Integer frames, @Nullable List<CauseBody> causes) {

    /**
     * What keeps frames waiting.
     *
     * @param kind a word for programs, such as {@code label-missing}
     * @param nodes how many nodes it holds for; 0 where it holds for the job as a whole
     * @param until when it ends by itself; null where nobody knows
     * @param message what is the case
     * @param remedy what would change it
     */
    public record CauseBody(
            @Nullable String kind,
            @Nullable Integer nodes,
            @Nullable Instant until,
            @Nullable String message,
            @Nullable String remedy) {}

    /**
     * Gives what is known as it travels.
     *
     * @param waiting why frames wait; null if none does
     * @return the body, or null
     */
    public static @Nullable WaitingBody of(@Nullable Waiting waiting) {
        return waiting == null
                ? null
                : new WaitingBody(
                        waiting.frames(),
                        waiting.causes().stream().map(WaitingBody::of).toList());
    }

    private static CauseBody of(Waiting.Cause cause) {
        return new CauseBody(cause.kind().wireName(), cause.nodes(), cause.until(), cause.message(), cause.remedy());
    }
}
