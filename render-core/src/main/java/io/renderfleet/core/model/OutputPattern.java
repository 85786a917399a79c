package io.renderfleet.core.model;

import java.util.Locale;

/**
 * How the files of a job are called: {@code #} stands for a digit of the frame number, as in Blender.
 *
 * <p>{@code shot_####} gives {@code shot_0007} for frame 7; a longer number takes more room; a negative one has its minus before
 * the padding ({@code shot_-0007}). Only the last run of {@code #} counts. Without any {@code #} four digits are appended.
 *
 * @param text a relative path, at most 512 characters, with {@code /} between folders and without an extension
 */
public record OutputPattern(String text) {

    /** The pattern of requests that name none. */
    public static final OutputPattern DEFAULT = new OutputPattern("blender-render_####");

    /**
     * Checks the path.
     *
     * @throws IllegalArgumentException if it is absolute, leaves its root, holds characters that are not harmless in file names, or
     *     names that Windows refuses, such as {@code NUL} or {@code com1.x}
     */
    public OutputPattern {
        RelativePaths.require("output", text);
        RelativePaths.requireWindowsNames("output", text);
        int digits = text.lastIndexOf('#') - lastRunStart(text) + 1;
        if (digits > 12) {
            throw new IllegalArgumentException(
                    "output '" + text + "' has " + digits + " digits: at most 12 are allowed");
        }
    }

    /**
     * Returns the path of a frame without its extension.
     *
     * @param frame the frame
     * @return a relative path with {@code /} between folders
     */
    public String path(int frame) {
        int end = text.lastIndexOf('#') + 1;
        if (end == 0) {
            return text + number(frame, 4);
        }
        int start = lastRunStart(text);
        return text.substring(0, start) + number(frame, end - start) + text.substring(end);
    }

    @Override
    public String toString() {
        return text;
    }

    private static int lastRunStart(String text) {
        int start = text.lastIndexOf('#');
        while (start > 0 && text.charAt(start - 1) == '#') {
            start--;
        }
        return start;
    }

    private static String number(int frame, int digits) {
        String padded = String.format(Locale.ROOT, "%0" + digits + "d", Math.abs(frame));
        return frame < 0 ? "-" + padded : padded;
    }
}
