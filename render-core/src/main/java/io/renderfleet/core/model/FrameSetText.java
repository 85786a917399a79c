package io.renderfleet.core.model;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of a {@link FrameSet}, both ways. */
final class FrameSetText {
    private static final int MAX_TEXT = 65_536;
    private static final int MAX_DIGITS = 9;
    private static final Pattern PART =
            Pattern.compile("\\s*(-?\\d{1,9})\\s*(?:-\\s*(-?\\d{1,9})\\s*(?:x\\s*(\\d{1,7})\\s*)?)?");

    private FrameSetText() {}

    static FrameSet parse(String text) {
        if (text.length() > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "frames are a text of " + text.length() + " characters: at most " + MAX_TEXT + " are allowed");
        }
        FrameSetBuilder builder = new FrameSetBuilder();
        for (String part : text.split(",", -1)) {
            parsePart(part, builder);
        }
        return builder.build();
    }

    private static void parsePart(String part, FrameSetBuilder builder) {
        if (isFrame(part)) {
            int frame = Integer.parseInt(part);
            builder.add(new FrameRange(frame, frame), 1);
            return;
        }
        Matcher matcher = PART.matcher(part);
        if (!matcher.matches()) {
            String shown = part.length() > 40 ? part.substring(0, 40) + "…" : part;
            throw new IllegalArgumentException(
                    "'" + shown.strip()
                            + "' is not a frame or a range of frames: write 7, 1-20, 1-10x3, -5--1 or 10-1, separated by commas");
        }
        int first = Integer.parseInt(matcher.group(1));
        int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
        int step = matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
        if (step == 0) {
            throw new IllegalArgumentException("'" + part.strip() + "' has a step of 0: a step is 1 or more");
        }
        builder.add(new FrameRange(first, last), step);
    }

    /** Texts can have thousands of single frames, for which a pattern is slow. */
    private static boolean isFrame(String part) {
        return !part.isEmpty()
                && part.length() <= MAX_DIGITS
                && part.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    static String format(FrameSet frames) {
        List<FrameRange> ranges = frames.ranges();
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < ranges.size()) {
            int end = endOfProgression(ranges, i);
            text.append(text.isEmpty() ? "" : ",");
            if (end - i >= 2) {
                int first = ranges.get(i).first();
                int step = Math.abs(ranges.get(i + 1).first() - first);
                text.append(first)
                        .append('-')
                        .append(ranges.get(end).first())
                        .append('x')
                        .append(step);
                i = end + 1;
            } else {
                text.append(ranges.get(i));
                i++;
            }
        }
        return text.toString();
    }

    /** Finds the last of the single frames from {@code start} on that all lie the same step apart. */
    private static int endOfProgression(List<FrameRange> ranges, int start) {
        int end = start;
        while (end + 1 < ranges.size()
                && ranges.get(end).size() == 1
                && ranges.get(end + 1).size() == 1
                && sameStep(ranges, start, end)) {
            end++;
        }
        return end;
    }

    private static boolean sameStep(List<FrameRange> ranges, int start, int end) {
        int step = ranges.get(start + 1).first() - ranges.get(start).first();
        return ranges.get(end + 1).first() - ranges.get(end).first() == step;
    }
}
