package io.renderfleet.http.server.cli;

import org.jspecify.annotations.Nullable;

/** What is asked of the values of flags. */
public final class Flags {
    private Flags() {}

    /**
     * Refuses a number that is out of range.
     *
     * @param flag the flag that has it, for the message
     * @param value the number; null where the flag was not given, which is right
     * @param least the least that is allowed
     * @param most the most that is allowed
     * @throws IllegalArgumentException if it is out of range, in one sentence
     */
    public static void requireWithin(String flag, @Nullable Number value, long least, long most) {
        if (value != null && (value.longValue() < least || value.longValue() > most)) {
            throw new IllegalArgumentException(flag + " is " + value + ": it must be from " + least + " to " + most);
        }
    }
}
