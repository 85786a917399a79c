package io.renderfleet.core.model;

import java.util.regex.Pattern;

/** The rule for paths that come from outside: relative, below their root, and of harmless characters. */
final class RelativePaths {
    private static final int MAX_LENGTH = 512;
    private static final Pattern HARMLESS = Pattern.compile("[\\p{L}\\p{N}._#+@ ()/-]+");

    private RelativePaths() {}

    static String require(String what, String path) {
        String shown = path.length() > 80 ? path.substring(0, 80) + "…" : path;
        if (path.isBlank() || path.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(what + " '" + shown + "' must have 1 to " + MAX_LENGTH + " characters");
        }
        if (path.startsWith("/") || path.startsWith("\\") || path.matches("[A-Za-z]:.*")) {
            throw new IllegalArgumentException(what + " '" + shown + "' is absolute: give a path relative to its root");
        }
        if (!HARMLESS.matcher(path).matches()) {
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
}
