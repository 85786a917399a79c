package io.renderfleet.core.model;

/**
 * The identity of a batch, unique in its job.
 *
 * @param value 1 to 128 URL-safe characters: letters, digits and any of {@code - _ . ~}, not beginning with {@code .} or {@code ~}
 */
public record BatchId(String value) {

    /**
     * Checks the characters.
     *
     * @throws IllegalArgumentException if the value is not URL-safe
     */
    public BatchId {
        Identifiers.require("batch id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
