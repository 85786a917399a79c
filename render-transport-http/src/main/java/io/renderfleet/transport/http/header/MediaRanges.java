package io.renderfleet.transport.http.header;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The media ranges of an {@code Accept} field (RFC 9110, section 12.5.1). */
public final class MediaRanges {
    private static final int NAMED = 3;

    private MediaRanges() {}

    /**
     * Says whether a client likes a form better than the one that everybody gets by default.
     *
     * @param accept the value of {@code Accept}, several fields joined by commas; null where it is missing
     * @param wanted a media type in lower case, such as {@code application/x-ndjson}
     * @param usual the media type of the default, such as {@code application/json}
     * @return false for ties, and where the field is missing or garbled
     */
    public static boolean prefers(@Nullable String accept, String wanted, String usual) {
        return accept != null && quality(accept, wanted) > quality(accept, usual);
    }

    /** The quality of the most specific range that fits; 0 where none does. */
    private static double quality(String accept, String mediaType) {
        int best = 0;
        double quality = 0;
        for (String range : accept.split(",", -1)) {
            String[] parts = parts(range);
            int fit = fit(parts[0], mediaType);
            double q = fit == 0 ? 0 : weight(parts);
            if (fit > best || (fit == best && q > quality)) {
                best = fit;
                quality = q;
            }
        }
        return quality;
    }

    private static int fit(String range, String mediaType) {
        if (range.equals(mediaType)) {
            return NAMED;
        }
        String group = mediaType.substring(0, mediaType.indexOf('/'));
        return range.equals(group + "/*") ? 2 : range.equals("*/*") ? 1 : 0;
    }

    /** A range and its parameters, in lower case. */
    static String[] parts(String range) {
        return range.strip().toLowerCase(Locale.ROOT).split("\\s*;\\s*", -1);
    }

    /** The value of {@code q} behind a range; 1 where it is missing or garbled. */
    static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].matches("q\\s*=\\s*(?:0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?)")) {
                return Double.parseDouble(
                        parts[i].substring(parts[i].indexOf('=') + 1).strip());
            }
        }
        return 1;
    }
}
