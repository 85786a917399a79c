package io.renderfleet.transport.http.wire;

import static io.renderfleet.transport.http.wire.BadRequestException.checked;

import io.renderfleet.core.model.FrameRange;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import org.jspecify.annotations.Nullable;

/** The rules of the fields {@code frames}, {@code from} and {@code to}. */
final class FrameFields {
    private FrameFields() {}

    static FrameSet read(@Nullable String frames, @Nullable Integer from, @Nullable Integer to)
            throws BadRequestException {
        FrameSet asked = frames != null ? list(frames, from, to) : range(from, to);
        if (asked.size() > RenderRequest.MAX_FRAMES) {
            throw new BadRequestException(
                    frames != null ? "frames" : "to",
                    (frames != null ? "frames has " : "from and to have ") + asked.size() + " frames: at most "
                            + RenderRequest.MAX_FRAMES + " are allowed in a job");
        }
        return asked;
    }

    private static FrameSet list(String frames, @Nullable Integer from, @Nullable Integer to)
            throws BadRequestException {
        if (from != null || to != null) {
            throw new BadRequestException(
                    "frames", "frames is there beside from or to: give frames alone, or from and to");
        }
        return checked("frames", () -> FrameSet.parse(frames));
    }

    private static FrameSet range(@Nullable Integer from, @Nullable Integer to) throws BadRequestException {
        if (from == null || to == null) {
            String missing = from == null ? "from" : "to";
            throw new BadRequestException(
                    missing,
                    missing + " is missing: give from and to, such as {\"from\":1,\"to\":5}, or frames, such as "
                            + "{\"frames\":\"1-5,9\"}");
        }
        checked("from", () -> FrameSet.of(from));
        checked("to", () -> FrameSet.of(to));
        if (from > to) {
            throw new BadRequestException(
                    "from",
                    "from is " + from + " and to is " + to + ": from must not be greater than to; write {\"frames\":\""
                            + from + "-" + to + "\"} to render downwards");
        }
        return FrameSet.range(from, to);
    }

    /** The one run that {@code from} and {@code to} can say; null for frames with gaps, for a run downwards, and for none. */
    static @Nullable FrameRange rangeOf(FrameSet frames) {
        if (frames.runs() != 1) {
            return null;
        }
        FrameRange run = frames.ranges().get(0);
        return run.reversed() ? null : run;
    }

    /** Reads frames of an answer: empty for none. */
    static FrameSet readLeniently(@Nullable String frames) {
        return frames == null || frames.isBlank() ? FrameSet.empty() : FrameSet.parse(frames);
    }
}
