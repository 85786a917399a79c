package io.renderfleet.core.model;

/**
 * The identity of a node: what the node says of itself, never its address.
 *
 * @param value 1 to 128 URL-safe characters: letters, digits and any of {@code - _ . ~}, not beginning with {@code .} or {@code ~}
 */
public record NodeId(String value) {

    /**
     * Checks the characters.
     *
     * @throws IllegalArgumentException if the value is not URL-safe
     */
    public NodeId {
        Identifiers.require("node id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
