package io.renderfleet.core.model;

/**
 * The identity of a job, unique in a farm.
 *
 * @param value 1 to 128 URL-safe characters: letters, digits and any of {@code - _ . ~}, not beginning with {@code .} or {@code ~}
 */
public record JobId(String value) {

    /**
     * Checks the characters.
     *
     * @throws IllegalArgumentException if the value is not URL-safe
     */
    public JobId {
        Identifiers.require("job id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
