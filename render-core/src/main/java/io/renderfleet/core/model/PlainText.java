package io.renderfleet.core.model;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Text of scenes, renderers and nodes as it may stand in a log or on a terminal: control characters, such as the escape that begins a
 * terminal's commands, and characters that turn the direction of writing become spaces.
 */
final class PlainText {
    private static final Pattern UNSAFE = Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u202a-\\u202e\\u2066-\\u2069]");

    private PlainText() {}

    static String of(String text) {
        return UNSAFE.matcher(text).replaceAll(" ");
    }

    static List<String> of(List<String> lines) {
        return lines.stream().map(PlainText::of).toList();
    }
}
