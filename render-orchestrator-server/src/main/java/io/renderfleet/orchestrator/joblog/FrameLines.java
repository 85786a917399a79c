package io.renderfleet.orchestrator.joblog;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lines of one frame in the log of a batch: from where a node says that the frame began, or Blender's {@code Fra:17}, to where
 * another frame does. Lines before the first frame belong to none.
 */
public final class FrameLines {
    /** What a node writes at the beginning of a frame, and what Blender writes in front of what it says about one. */
    private static final Pattern MARK =
            Pattern.compile("^Frame (-?[0-9]{1,7}) (?:began|saved in .*)$|^Fra: ?(-?[0-9]{1,7})\\b.*");

    private FrameLines() {}

    /**
     * Cuts a log.
     *
     * @param log the lines of a batch
     * @param frame any number
     * @return the lines of the frame, each with its end; empty if there is none
     */
    public static String of(String log, int frame) {
        StringBuilder found = new StringBuilder();
        Integer current = null;
        for (String line : (Iterable<String>) log.lines()::iterator) {
            Integer marked = frameOf(line);
            current = marked == null ? current : marked;
            if (current != null && current == frame) {
                found.append(line).append('\n');
            }
        }
        return found.toString();
    }

    private static @Nullable Integer frameOf(String line) {
        if (!line.startsWith("Fra")) {
            return null;
        }
        Matcher mark = MARK.matcher(line);
        if (!mark.matches()) {
            return null;
        }
        return Integer.valueOf(mark.group(1) == null ? mark.group(2) : mark.group(1));
    }
}
