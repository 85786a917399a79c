package io.renderfleet.core.model;

import java.time.Duration;
import java.util.List;

/**
 * A frame that was rendered and verified where it was rendered.
 *
 * @param frame the frame
 * @param files its files, exactly one of them the main one
 * @param renderTime how long it took
 */
public record FrameOutput(int frame, List<OutputFile> files, Duration renderTime) {

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
     * Returns the picture itself.
     *
     * @return the main file
     */
    public OutputFile main() {
        return files.stream().filter(OutputFile::main).findFirst().orElseThrow();
    }
}
