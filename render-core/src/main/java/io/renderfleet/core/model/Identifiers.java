package io.renderfleet.core.model;

/** The one rule for all ids: URL-safe, and safe as the name of a folder. */
final class Identifiers {
    private static final int LONGEST = 128;

    private Identifiers() {}

    static String require(String what, String text) {
        if (!isId(text)) {
            String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
            throw new IllegalArgumentException(what + " '" + shown
                    + "' is not an id: 1 to 128 letters, digits and any of - _ . ~, not beginning with . or ~");
        }
        return text;
    }

    /** Looked at with every batch, hence no regular expression. */
    private static boolean isId(String text) {
        if (text.isEmpty() || text.length() > LONGEST || text.charAt(0) == '.' || text.charAt(0) == '~') {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!isUrlSafe(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUrlSafe(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_'
                || c == '.'
                || c == '~';
    }
}
