package io.renderfleet.engine.blender;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one line of Blender's own output says. */
sealed interface BlenderLine {

    /**
     * How far a frame is.
     *
     * @param frame the frame
     * @param sample samples (or tiles) that are done, or null where the line has none
     * @param samples how many there are, or null where the line has none
     * @param remaining what is left of the frame by Blender's own estimate, or null
     * @param memory bytes in use, or null
     * @param peak bytes at most, or null
     */
    record Progress(
            int frame,
            @Nullable Integer sample,
            @Nullable Integer samples,
            @Nullable Duration remaining,
            @Nullable Long memory,
            @Nullable Long peak)
            implements BlenderLine {}

    /** A file was written, or Blender believes so: it also says that of an EXR of 0 bytes on a full disk. */
    record Saved(String file) implements BlenderLine {}

    /** Blender left a frame out because its file is there already, valid or not. */
    record Skipped(String file) implements BlenderLine {}

    /** Something Blender itself calls a warning. */
    record Warning(String text) implements BlenderLine {}

    /** Something Blender itself calls an error, or that is one. */
    record Problem(String text) implements BlenderLine {}

    /** The first line: which Blender this is. */
    record Version(String version) implements BlenderLine {}

    /** Anything else. */
    record Other(String text) implements BlenderLine {}
}
