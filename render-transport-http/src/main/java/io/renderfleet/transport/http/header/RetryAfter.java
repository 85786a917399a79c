package io.renderfleet.transport.http.header;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header field {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or a date in any of the three forms of section 5.6.7.
 *
 * <p>Read, it is a positive time of at most {@link #MAX_READ}, or nothing where it is missing, zero, negative, past or garbled: the
 * caller then uses a backoff of its own. Written, it is whole seconds from 1 to 60.
 */
public final class RetryAfter {
    /** Longer waits than this are cut: a mistaken clock or a typing error must not stop a farm. */
    public static final Duration MAX_READ = Duration.ofMinutes(5);

    /** What a server says where it knows nothing better. */
    public static final Duration DEFAULT = Duration.ofSeconds(5);

    private static final long MAX_WRITTEN_SECONDS = 60;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,40}");

    private static final DateTimeFormatter ASCTIME = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("EEE MMM ppd HH:mm:ss yyyy")
            .toFormatter(Locale.ENGLISH);

    private RetryAfter() {}

    /**
     * Reads the field.
     *
     * @param value its value, or null where it is missing
     * @param now the time to which a date is compared
     * @return more than zero and at most {@link #MAX_READ}, or empty
     */
    public static Optional<Duration> parse(@Nullable String value, Instant now) {
        if (value == null) {
            return Optional.empty();
        }
        String text = value.strip();
        Optional<Duration> wait = SECONDS.matcher(text).matches()
                ? Optional.of(seconds(text))
                : date(text, now).map(date -> Duration.between(now, date));
        return wait.filter(time -> !time.isZero() && !time.isNegative())
                .map(time -> time.compareTo(MAX_READ) > 0 ? MAX_READ : time);
    }

    /**
     * Writes the field.
     *
     * @param wait how long a client should wait; rounded up, and cut to 1 to 60 seconds
     * @return whole seconds
     */
    public static String format(Duration wait) {
        long seconds = wait.plusNanos(999_999_999).toSeconds();
        return Long.toString(Math.max(1, Math.min(MAX_WRITTEN_SECONDS, seconds)));
    }

    private static Duration seconds(String digits) {
        return digits.length() > 9 ? beyond(digits) : Duration.ofSeconds(Long.parseLong(digits));
    }

    /** More digits than any sensible wait has: far in the future, unless they are all noughts. */
    private static Duration beyond(String digits) {
        return digits.chars().allMatch(digit -> digit == '0') ? Duration.ZERO : MAX_READ;
    }

    private static Optional<Instant> date(String text, Instant now) {
        return date(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                .or(() -> date(text, rfc850(now)))
                .or(() -> date(text, ASCTIME));
    }

    /** All three forms mean UTC, whether they say so or not. */
    private static Optional<Instant> date(String text, DateTimeFormatter form) {
        try {
            return Optional.of(LocalDateTime.parse(text, form).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Two-digit years lie at most 50 years ahead (RFC 9110, section 5.6.7). */
    private static DateTimeFormatter rfc850(Instant now) {
        int base = now.atOffset(ZoneOffset.UTC).getYear() - 49;
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, base)
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.ENGLISH);
    }
}
