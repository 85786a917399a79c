package io.renderfleet.core.model;

import java.util.Locale;

/** What becomes of a job whose frames need files that are not there or cannot be read. */
public enum MissingFiles {
    /** The frames that need them fail, naming the files. */
    FAIL,
    /** The frames are rendered without them, and the job bears a warning. */
    WARN;

    /**
     * Returns the word that stands on the wire and in command lines.
     *
     * @return {@code fail} or {@code warn}
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
