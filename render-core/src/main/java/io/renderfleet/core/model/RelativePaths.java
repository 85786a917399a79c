package io.renderfleet.core.model;

import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** The rule for paths that come from outside: relative, below their root, and of harmless characters. */
final class RelativePaths {
    private static final int MAX_LENGTH = 512;
    private static final String HARMLESS_SIGNS = "._#+@ ()/-";
    private static final String REFUSED_BY_WINDOWS = "<>:\"\\|?*";
    /** The digit can also come with the frame's number. */
    private static final Pattern DEVICE = Pattern.compile(
            "(?:con|prn|aux|nul|(?:com|lpt)[1-9\u00b9\u00b2\u00b3#]) *(?:\\..*)?", Pattern.CASE_INSENSITIVE);

    private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private RelativePaths() {}

    /** For what people choose: letters and digits of every script, and a few signs. */
    static String require(String what, String path) {
        return require(
                what, path, RelativePaths::isHarmless, "letters, digits, spaces and any of . _ # + @ ( ) / - only");
    }

    /** For names that artists gave to what a scene writes: all that every file system takes. */
    static String requireFile(String what, String path) {
        return require(what, path, RelativePaths::isWritable, "no control character and none of < > : \" \\ | ? *");
    }

    private static String require(String what, String path, IntPredicate allowed, String rule) {
        String shown = shown(path);
        if (path.isBlank() || path.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(what + " '" + shown + "' must have 1 to " + MAX_LENGTH + " characters");
        }
        if (path.startsWith("/") || path.startsWith("\\") || hasDrive(path)) {
            throw new IllegalArgumentException(what + " '" + shown + "' is absolute: give a path relative to its root");
        }
        if (!path.codePoints().allMatch(allowed)) {
            throw new IllegalArgumentException(what + " '" + shown + "' may hold " + rule);
        }
        for (String part : path.split("/", -1)) {
            if (part.equals("..") || part.equals(".") || part.isBlank()) {
                throw new IllegalArgumentException(what + " '" + shown
                        + "' has an empty, '.' or '..' part: give a path that stays below its root");
            }
        }
        return path;
    }

    /**
     * Refuses what is no name for Windows, on which any node or orchestrator of a farm can run: its devices, whatever their extension, and
     * folders whose last dot or space it leaves out (Microsoft: Naming Files, Paths, and Namespaces).
     */
    static void requireWindowsNames(String what, String path) {
        String[] parts = path.split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = shown(parts[i]);
            if (DEVICE.matcher(parts[i]).matches()) {
                throw new IllegalArgumentException(what + " '" + shown(path) + "' holds '" + part
                        + "', which is a device and no file on Windows: choose another name, such as '_" + part + "'");
            }
            if (i < parts.length - 1 && (parts[i].endsWith(".") || parts[i].endsWith(" "))) {
                throw new IllegalArgumentException(what + " '" + shown(path) + "' has the folder '" + part
                        + "', whose last character Windows leaves out: give a name that does not end with a dot or a"
                        + " space");
            }
        }
    }

    private static String shown(String path) {
        return path.length() > 80 ? path.substring(0, 80) + "…" : path;
    }

    /** Whether a file of that name can be named to others. */
    static boolean isHarmless(String name) {
        try {
            require("name", name);
            return !name.contains("/");
        } catch (IllegalArgumentException e) {
            return false;
        }
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

    /** Nothing that is unseen, ends a line, or turns the direction of what is read, and none of the signs that Windows refuses. */
    private static boolean isWritable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.FORMAT -> c == ZERO_WIDTH_NON_JOINER || c == ZERO_WIDTH_JOINER;
            default -> REFUSED_BY_WINDOWS.indexOf(c) < 0;
        };
    }
}
