package io.renderfleet.cli;

import org.jspecify.annotations.Nullable;

/** What others have written, made fit for a terminal: a log or a name must not be able to send it commands. */
final class TerminalText {
    private TerminalText() {}

    /** Text of several lines. */
    static String text(String any) {
        return any.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]|[\\u0080-\\u009f\\u202a-\\u202e\\u2066-\\u2069]", "");
    }

    /** Text in one line; a dash where there is none. */
    static String line(@Nullable Object any) {
        return any == null || any.toString().isBlank()
                ? "-"
                : text(any.toString().strip().replaceAll("\\s*\\R\\s*|\\t", " "));
    }
}
