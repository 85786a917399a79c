package io.renderfleet.core.local;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Whether programs that render are shut in. */
public enum SandboxMode {
    /** Where it works on this machine; else they run as the node's user, and the reason is kept. The default of a node. */
    AUTO,
    /** Always: a machine on which it does not work renders nothing. */
    REQUIRED,
    /** Never. */
    OFF;

    /**
     * Gives the word that stands on a command line.
     *
     * @return such as {@code auto}
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads that word.
     *
     * @param word in whatever case
     * @return the mode, or empty if there is no such word
     */
    public static Optional<SandboxMode> of(String word) {
        return Arrays.stream(values())
                .filter(mode -> mode.word().equalsIgnoreCase(word))
                .findFirst();
    }
}
