package io.renderfleet.core.model;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * What renders on a node.
 *
 * @param name such as {@code blender}
 * @param version such as {@code 3.4.1}
 */
public record EngineInfo(String name, String version) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    /**
     * Compares versions number by number, so that 3.10 is newer than 3.9; what follows the numbers does not count.
     *
     * @param other another engine
     * @return whether this one has the same name and a greater version
     */
    public boolean isNewerThan(EngineInfo other) {
        return name.equals(other.name) && Arrays.compare(numbers(version), numbers(other.version)) > 0;
    }

    private static int[] numbers(String version) {
        return NUMBER.matcher(version)
                .results()
                .mapToInt(found -> Integer.parseInt(found.group()))
                .toArray();
    }
}
