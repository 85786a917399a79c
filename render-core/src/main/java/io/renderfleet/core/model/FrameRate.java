package io.renderfleet.core.model;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many frames a film shows in a second, as a fraction, so that 29.97 is exactly 30000/1001. Immutable, and in lowest terms.
 *
 * @param frames how many frames, 1 to 1,000,000,000
 * @param seconds in how many seconds, 1 to 1,000,000,000; the rate itself lies between 1/1,000 and 100,000
 */
public record FrameRate(long frames, long seconds) {
    private static final long MAX_PART = 1_000_000_000;
    private static final Pattern FRACTION = Pattern.compile("(\\d{1,10})/(\\d{1,10})");
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,6}(\\.\\d{1,5})?");
    private static final long NTSC = 1_001;

    /**
     * Reduces the fraction.
     *
     * @throws IllegalArgumentException if a part or the rate is out of its range
     */
    public FrameRate {
        if (frames < 1 || seconds < 1 || frames > MAX_PART || seconds > MAX_PART) {
            throw new IllegalArgumentException("frame rate " + frames + "/" + seconds + ": both parts must be 1 to "
                    + MAX_PART + ", as in 30000/1001");
        }
        if (frames > seconds * 100_000 || seconds > frames * 1_000) {
            throw new IllegalArgumentException("frame rate " + frames + "/" + seconds
                    + ": it must be 1/1000 to 100000 frames a second, such as 30000/1001");
        }
        long divisor = greatestDivisor(frames, seconds);
        frames /= divisor;
        seconds /= divisor;
    }

    /**
     * Makes a rate of whole frames a second.
     *
     * @param framesPerSecond how many
     * @return the rate
     */
    public static FrameRate of(int framesPerSecond) {
        return new FrameRate(framesPerSecond, 1);
    }

    /**
     * Reads a number or a fraction.
     *
     * @param text such as {@code 24}, {@code 12.5} or {@code 30000/1001}; {@code 29.97}, {@code 59.94}, {@code 23.976} and {@code 23.98}
     *     mean the rates of television that are rounded so, 30000/1001 and its like
     * @return the rate
     * @throws IllegalArgumentException if it is neither a number nor a fraction, or out of range
     */
    public static FrameRate parse(String text) {
        Matcher fraction = FRACTION.matcher(text);
        if (fraction.matches()) {
            return new FrameRate(Long.parseLong(fraction.group(1)), Long.parseLong(fraction.group(2)));
        }
        if (!DECIMAL.matcher(text).matches()) {
            String shown = (text.length() > 40 ? text.substring(0, 40) + "…" : text).replaceAll("\\p{Cntrl}", "?");
            throw new IllegalArgumentException(
                    "frame rate '" + shown + "': it must be a number or a fraction, such as 24, 29.97 or 30000/1001");
        }
        return switch (text) {
            case "23.976", "23.98" -> new FrameRate(24_000, NTSC);
            case "29.97" -> new FrameRate(30_000, NTSC);
            case "59.94" -> new FrameRate(60_000, NTSC);
            default -> {
                BigDecimal number = new BigDecimal(text);
                yield new FrameRate(
                        number.unscaledValue().longValueExact(),
                        BigDecimal.TEN.pow(number.scale()).longValueExact());
            }
        };
    }

    private static long greatestDivisor(long a, long b) {
        return b == 0 ? a : greatestDivisor(b, a % b);
    }

    /**
     * Returns the rate as ffmpeg reads it.
     *
     * @return such as {@code 24} or {@code 30000/1001}
     */
    @Override
    public String toString() {
        return seconds == 1 ? Long.toString(frames) : frames + "/" + seconds;
    }
}
