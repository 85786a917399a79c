package io.renderfleet.transport.http.header;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The preference {@code wait} of the header field {@code Prefer} (RFC 7240, section 4.3): how long an answer may be held. */
public final class WaitPreference {
    /** The longest time for which an answer is held; longer wishes are cut. */
    public static final Duration MAX = Duration.ofSeconds(25);

    private static final Pattern WAIT = Pattern.compile("wait\\s*=\\s*\"?([0-9]{1,18})\"?(?:\\s*;.*)?");

    private WaitPreference() {}

    /**
     * Reads the field.
     *
     * @param prefer its value, several fields joined by commas; null where it is missing
     * @return more than zero and at most {@link #MAX}; empty where there is no such preference, it is zero, or it is garbled
     */
    public static Optional<Duration> parse(@Nullable String prefer) {
        if (prefer == null) {
            return Optional.empty();
        }
        for (String preference : prefer.split(",", -1)) {
            Matcher matcher = WAIT.matcher(preference.strip().toLowerCase(Locale.ROOT));
            if (matcher.matches()) {
                long seconds = Math.min(Long.parseLong(matcher.group(1)), MAX.toSeconds());
                return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
            }
        }
        return Optional.empty();
    }

    /**
     * Writes the field.
     *
     * @param wait how long the answer may be held; cut to {@link #MAX}
     * @return such as {@code wait=20}; empty for less than a second, for which the field is best left out
     */
    public static Optional<String> format(Duration wait) {
        long seconds = Math.min(wait.toSeconds(), MAX.toSeconds());
        return seconds < 1 ? Optional.empty() : Optional.of("wait=" + seconds);
    }
}
