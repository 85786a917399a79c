package io.renderfleet.http.server;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many calls a client may make.
 *
 * @param calls at least 1, at most a million
 * @param window in how long a time; a client that was silent for so long may make all of them at once
 */
public record RateLimit(int calls, Duration window) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,7})/([smh])");
    private static final int MAX_CALLS = 1_000_000;

    /** Checks the bounds. */
    public RateLimit {
        if (calls < 1 || calls > MAX_CALLS || window.toSeconds() < 1 || window.toHours() > 1) {
            throw new IllegalArgumentException(
                    "a rate limit is from 1 to " + MAX_CALLS + " calls in from one second to one hour");
        }
    }

    /**
     * Reads {@code 50/s}, {@code 1000/m} or {@code 5000/h}.
     *
     * @param text the limit
     * @return its value
     * @throws IllegalArgumentException if it is none
     */
    public static RateLimit parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a rate limit: it must be like 50/s, 1000/m or 5000/h");
        }
        Duration window = switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            default -> Duration.ofHours(1);
        };
        return new RateLimit(Integer.parseInt(matcher.group(1)), window);
    }
}
