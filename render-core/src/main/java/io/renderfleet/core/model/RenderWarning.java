package io.renderfleet.core.model;

import org.jspecify.annotations.Nullable;

/**
 * Something that an artist should know about frames that were rendered all the same.
 *
 * @param kind a word for programs, such as {@code movie-output} or {@code missing-texture}; kinds may be added
 * @param frame the frame that it was noticed at first, or null where it holds for all
 * @param message one or two sentences, without absolute paths or secrets
 */
public record RenderWarning(String kind, @Nullable Integer frame, String message) {

    /** How many different warnings a batch, and how many a job keeps; the first ones. */
    public static final int MAX_KEPT = 50;

    private static final int MAX_KIND = 64;
    private static final int MAX_MESSAGE = 2_000;

    /** Cuts what is too long, and replaces control characters. */
    public RenderWarning {
        kind = clean(kind, MAX_KIND);
        message = clean(message, MAX_MESSAGE);
    }

    /**
     * Makes a warning that holds for all frames.
     *
     * @param kind a word for programs
     * @param message one or two sentences
     * @return the warning
     */
    public static RenderWarning of(String kind, String message) {
        return new RenderWarning(kind, null, message);
    }

    /**
     * Returns whether another warning says the same, whichever frame it was noticed at.
     *
     * @param other the other one
     * @return whether kind and message are equal
     */
    public boolean saysTheSameAs(RenderWarning other) {
        return kind.equals(other.kind) && message.equals(other.message);
    }

    private static String clean(String text, int length) {
        String shown = text.length() > length ? text.substring(0, length - 1) + "…" : text;
        return PlainText.of(shown);
    }
}
