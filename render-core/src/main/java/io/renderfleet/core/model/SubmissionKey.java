package io.renderfleet.core.model;

import java.util.regex.Pattern;

/**
 * Makes a submission repeatable: the same key with the same fingerprint is the same job, however often it is submitted, also after a
 * restart where the store is durable.
 *
 * @param value the submitter's own choice: 1 to 255 visible ASCII characters
 * @param fingerprint stands for what is asked for, so that a key that is used for something else is noticed; 1 to 128 characters
 */
public record SubmissionKey(String value, String fingerprint) {
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");
    private static final int MAX_VALUE = 255;
    private static final int MAX_FINGERPRINT = 128;

    /**
     * Checks the characters.
     *
     * @throws IllegalArgumentException if one of them is empty, too long or has other characters
     */
    public SubmissionKey {
        require("key", value, MAX_VALUE);
        require("fingerprint", fingerprint, MAX_FINGERPRINT);
    }

    private static void require(String what, String text, int max) {
        if (text.length() > max || !VISIBLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + max + " visible ASCII characters without spaces");
        }
    }
}
