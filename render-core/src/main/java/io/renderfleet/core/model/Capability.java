package io.renderfleet.core.model;

import java.util.Locale;
import java.util.Optional;

/** What a target can do beyond taking work and saying how it stands. */
public enum Capability {
    /** Holds a poll until something has changed; a target without it is asked again and again. */
    LONG_POLL,
    /** Stops a batch. */
    CANCEL,
    /** Gives up untouched frames of a running batch; a target without it is never asked to. */
    SHORTEN,
    /** Lists its finished frames and hands them out; what a target without it renders ends unverified. */
    FRAMES,
    /** Takes scenes by content. */
    SCENES,
    /** Bakes the simulations of a scene, and hands out the scene that it has baked. */
    BAKE;

    /**
     * Returns the name on the wire.
     *
     * @return such as {@code long-poll}
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads a name from the wire.
     *
     * @param name any text
     * @return the capability, or empty for one that this version does not know
     */
    public static Optional<Capability> fromWire(String name) {
        for (Capability capability : values()) {
            if (capability.wireName().equals(name)) {
                return Optional.of(capability);
            }
        }
        return Optional.empty();
    }
}
