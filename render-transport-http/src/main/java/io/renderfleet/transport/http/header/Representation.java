package io.renderfleet.transport.http.header;

import org.jspecify.annotations.Nullable;

/**
 * In which of two forms an answer is given: JSON, or one line of text.
 *
 * <p>{@code Accept} decides (RFC 9110, section 12.5.1); nobody is refused for what it says.
 */
public enum Representation {
    /** {@code application/json}, problems as {@code application/problem+json}. */
    JSON("application", "json", "problem+json"),
    /** {@code text/plain}. */
    TEXT("text", "plain", "plain");

    private final String type;
    private final String subtype;
    private final String otherSubtype;

    Representation(String type, String subtype, String otherSubtype) {
        this.type = type;
        this.subtype = subtype;
        this.otherSubtype = otherSubtype;
    }

    /**
     * Picks a form.
     *
     * @param accept the value of {@code Accept}, several fields joined by commas; null where it is missing
     * @param byDefault what is taken for ties, for a client that takes neither, and where the field is missing or garbled
     * @return the form that the client likes better
     */
    public static Representation negotiate(@Nullable String accept, Representation byDefault) {
        if (accept == null || accept.equals("*/*")) {
            return byDefault;
        }
        if (accept.equals("application/json")) {
            return JSON;
        }
        double json = JSON.quality(accept);
        double text = TEXT.quality(accept);
        if (json == text) {
            return byDefault;
        }
        return json > text ? JSON : TEXT;
    }

    /**
     * Returns the content type.
     *
     * @return the value of {@code Content-Type}
     */
    public String contentType() {
        return this == JSON ? Headers.JSON : Headers.TEXT;
    }

    /**
     * Returns the content type of a problem.
     *
     * @return the value of {@code Content-Type}
     */
    public String problemType() {
        return this == JSON ? Headers.PROBLEM_JSON : Headers.TEXT;
    }

    /** The quality of the most specific range that fits; 0 where none does. */
    private double quality(String accept) {
        int best = 0;
        double quality = 0;
        for (String range : accept.split(",", -1)) {
            String[] parts = MediaRanges.parts(range);
            int fit = fit(parts[0]);
            double q = fit == 0 ? 0 : MediaRanges.weight(parts);
            if (fit > best || (fit == best && q > quality)) {
                best = fit;
                quality = q;
            }
        }
        return quality;
    }

    private int fit(String range) {
        if (range.equals(type + "/" + subtype) || range.equals(type + "/" + otherSubtype)) {
            return 3;
        }
        return range.equals(type + "/*") ? 2 : range.equals("*/*") ? 1 : 0;
    }
}
