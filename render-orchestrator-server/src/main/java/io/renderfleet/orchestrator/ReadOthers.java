package io.renderfleet.orchestrator;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What submitters may read of jobs that they do not own. The other roles that read, viewers, operators and admins, read everything in any
 * case.
 */
public enum ReadOthers {
    /** Everything: how they stand, their frames, and their logs. */
    ALL,
    /** How they stand, but neither their frames nor their logs. */
    STATUS,
    /** Nothing: as if they were not there. */
    NOTHING;

    /**
     * Gives the name that flags use.
     *
     * @return the name in lower case
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Finds a value by its {@link #wireName}.
     *
     * @param name in lower case
     * @return the value
     * @throws IllegalArgumentException if there is none of that name
     */
    public static ReadOthers parse(String name) {
        return Arrays.stream(values())
                .filter(value -> value.wireName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' must be one of "
                        + Arrays.stream(values()).map(ReadOthers::wireName).collect(Collectors.joining(", "))));
    }
}
