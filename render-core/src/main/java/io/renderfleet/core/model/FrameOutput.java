package io.renderfleet.core.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame that was rendered and verified where it was rendered.
 *
 * @param frame the frame
 * @param files its files, exactly one of them the main one
 * @param renderTime how long it took
 * @param attempt which attempt rendered it, of an accepted frame; null before that
 */
public record FrameOutput(
        int frame,
        List<OutputFile> files,
        Duration renderTime,
        @Nullable AttemptId attempt) {

    /**
     * Checks the files.
     *
     * @throws IllegalArgumentException if not exactly one file is the main one
     */
    public FrameOutput {
        files = List.copyOf(files);
        if (files.stream().filter(OutputFile::main).count() != 1) {
            throw new IllegalArgumentException("frame " + frame + " must have exactly one main file");
        }
    }

    /**
     * Makes a frame that is not accepted yet.
     *
     * @param frame the frame
     * @param files its files, exactly one of them the main one
     * @param renderTime how long it took
     * @throws IllegalArgumentException if not exactly one file is the main one
     */
    public FrameOutput(int frame, List<OutputFile> files, Duration renderTime) {
        this(frame, files, renderTime, null);
    }

    /**
     * Adds which attempt rendered it.
     *
     * @param by the attempt
     * @return a changed copy
     */
    public FrameOutput by(AttemptId by) {
        return new FrameOutput(frame, files, renderTime, by);
    }

    /**
     * Returns the picture itself.
     *
     * @return the main file
     */
    public OutputFile main() {
        return files.stream().filter(OutputFile::main).findFirst().orElseThrow();
    }
}
