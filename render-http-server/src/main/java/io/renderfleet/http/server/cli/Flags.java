package io.renderfleet.http.server.cli;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is asked of the values of flags. */
public final class Flags {
    private Flags() {}

    /**
     * Reads the value of a flag, and names the flag where the value is wrong.
     *
     * @param flag the flag that has it, for the message
     * @param value reads it
     * @param <T> what it says
     * @return what was read
     * @throws IllegalArgumentException that of {@code value}, with the flag before its message
     */
    public static <T> T named(String flag, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(flag + ": " + wrong.getMessage(), wrong);
        }
    }

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
