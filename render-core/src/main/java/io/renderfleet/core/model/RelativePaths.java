package io.renderfleet.core.model;

/** The rule for paths that come from outside: relative, below their root, and of harmless characters. */
final class RelativePaths {
    private static final int MAX_LENGTH = 512;
    private static final String HARMLESS_SIGNS = "._#+@ ()/-";

    private RelativePaths() {}

    static String require(String what, String path) {
        String shown = path.length() > 80 ? path.substring(0, 80) + "…" : path;
        if (path.isBlank() || path.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(what + " '" + shown + "' must have 1 to " + MAX_LENGTH + " characters");
        }
        if (path.startsWith("/") || path.startsWith("\\") || hasDrive(path)) {
            throw new IllegalArgumentException(what + " '" + shown + "' is absolute: give a path relative to its root");
        }
        if (!path.codePoints().allMatch(RelativePaths::isHarmless)) {
            throw new IllegalArgumentException(
                    what + " '" + shown + "' may hold letters, digits, spaces and any of . _ # + @ ( ) / - only");
        }
        for (String part : path.split("/", -1)) {
            if (part.equals("..") || part.equals(".") || part.isBlank()) {
                throw new IllegalArgumentException(what + " '" + shown
                        + "' has an empty, '.' or '..' part: give a path that stays below its root");
            }
        }
        return path;
    }

    private static boolean hasDrive(String path) {
        char first = path.charAt(0);
        boolean letter = (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
        return letter && path.length() > 1 && path.charAt(1) == ':';
    }

    /** Letters and numbers of every script, and a few signs; looked at with every file, hence no regular expression. */
    private static boolean isHarmless(int c) {
        int type = Character.getType(c);
        return Character.isLetter(c)
                || type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER
                || HARMLESS_SIGNS.indexOf(c) >= 0;
    }
}
