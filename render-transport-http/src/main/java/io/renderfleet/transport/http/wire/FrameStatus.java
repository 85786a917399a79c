package io.renderfleet.transport.http.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one frame: the answer to {@code GET /jobs/{id}/frames/{n}} for clients that prefer JSON to the picture.
 *
 * @param job of which job
 * @param frame its number
 * @param state {@code accepted}, {@code unverified}, {@code failed}, {@code rendering}, {@code waiting}, or {@code left} where the job
 *     ended without it
 * @param files what was published of it; null where it is not accepted
 * @param seconds how long it took on its node; null where it is not accepted
 * @param attempt which attempt rendered it; null where it is not accepted, and where that is not known any more
 * @param failure why its last attempt that ended without it did so, or where no attempt is known why the job ended without it; null where
 *     the frame is there, and where nothing has failed
 * @param attempts those that had the frame, in the order of their batches
 * @param earlier attempts that are counted only; they may have had the frame or not
 * @param waitingFor why frames of the job wait; null where this frame does not
 * @param trace the id of the job's trace, 32 hexadecimal digits; null where its submission belongs to none
 */
public record FrameStatus(
        @Nullable String job,
        @Nullable Integer frame,
        @Nullable String state,
        @Nullable List<FrameList.FileEntry> files,
        @Nullable Double seconds,
        @Nullable String attempt,
        @Nullable FailureBody failure,
        @Nullable List<AttemptBody> attempts,
        HistoryBody.@Nullable Earlier earlier,
        @Nullable WaitingBody waitingFor,
        @Nullable String trace) {}
