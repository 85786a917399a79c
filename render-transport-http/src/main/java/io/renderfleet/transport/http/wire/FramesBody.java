package io.renderfleet.transport.http.wire;

import static io.renderfleet.transport.http.wire.BadRequestException.checked;

import io.renderfleet.core.model.FrameSet;
import org.jspecify.annotations.Nullable;

/**
 * Frames alone: the body of {@code PATCH /job/{id}}, and of its answers (what the job keeps; with 409 what it did).
 *
 * @param frames in the text form of {@link FrameSet}; empty for none
 */
public record FramesBody(@Nullable String frames) {

    /**
     * Makes a body.
     *
     * @param frames any frames
     * @return their text form
     */
    public static FramesBody of(FrameSet frames) {
        return new FramesBody(frames.toString());
    }

    /**
     * Reads the frames of an answer.
     *
     * @return the frames; empty where the answer has none
     * @throws IllegalArgumentException if they cannot be read
     */
    public FrameSet frameSet() {
        return FrameFields.readLeniently(frames);
    }

    FrameSet toFrames() throws BadRequestException {
        if (frames == null) {
            throw new BadRequestException("frames", "frames is missing: give those that the job is to keep");
        }
        return checked("frames", this::frameSet);
    }
}
