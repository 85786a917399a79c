package io.renderfleet.cli;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How many frames a second a film has, as a fraction: 30 frames in 1.001 seconds are 30000/1001, which no decimal number is.
 *
 * @param frames 1 or more
 * @param seconds 1 or more
 */
record FrameRate(long frames, long seconds) {
    static final FrameRate CINEMA = new FrameRate(24, 1);

    private static final Pattern FRACTION = Pattern.compile("(\\d{1,9})/(\\d{1,9})");
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,4}(\\.\\d{1,5})?");
    private static final long MAX = 1_000;
    private static final long NTSC = 1_001;

    /** Reads {@code 25}, {@code 30000/1001} or {@code 29.97}, which means 30000/1001, as the other rounded rates of television do. */
    static FrameRate parse(String text) {
        Matcher fraction = FRACTION.matcher(text);
        if (fraction.matches()) {
            return checked(text, Long.parseLong(fraction.group(1)), Long.parseLong(fraction.group(2)));
        }
        if (!DECIMAL.matcher(text).matches()) {
            throw wrong(text);
        }
        return switch (text) {
            case "23.976", "23.98" -> new FrameRate(24_000, NTSC);
            case "29.97" -> new FrameRate(30_000, NTSC);
            case "59.94" -> new FrameRate(60_000, NTSC);
            default -> {
                BigDecimal number = new BigDecimal(text);
                yield checked(
                        text,
                        number.unscaledValue().longValueExact(),
                        BigDecimal.TEN.pow(number.scale()).longValueExact());
            }
        };
    }

    private static FrameRate checked(String text, long frames, long seconds) {
        if (seconds < 1 || frames < 1 || frames > MAX * seconds) {
            throw wrong(text);
        }
        return new FrameRate(frames, seconds);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("'" + text + "' is no frame rate: give a number above 0 and up to " + MAX
                + ", or a fraction such as 30000/1001");
    }

    /** As ffmpeg reads it. */
    @Override
    public String toString() {
        return seconds == 1 ? Long.toString(frames) : frames + "/" + seconds;
    }

    /** Reads the option. */
    static final class Converter implements ITypeConverter<FrameRate> {
        Converter() {}

        @Override
        public FrameRate convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException(String.valueOf(wrong.getMessage()));
            }
        }
    }
}
