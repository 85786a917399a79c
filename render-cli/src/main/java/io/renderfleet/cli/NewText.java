package io.renderfleet.cli;

/** Finds what has come since, in the end of a log whose beginning may be gone. */
final class NewText {
    private static final int SEEN = 4096;

    private NewText() {}

    /** What stands in the newer text behind the older one; all of it where nothing of the older one is there. */
    static String of(String older, String newer) {
        if (newer.startsWith(older)) {
            return newer.substring(older.length());
        }
        String seen = older.substring(Math.max(0, older.length() - SEEN));
        int at = newer.lastIndexOf(seen);
        return at < 0 ? newer : newer.substring(at + seen.length());
    }
}
