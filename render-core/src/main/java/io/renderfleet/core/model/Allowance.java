package io.renderfleet.core.model;

import java.util.Locale;

/** Something that changes pixels, which a request can allow by name. What is not allowed fails; what is allowed becomes a warning. */
public enum Allowance {
    /** Renders on the processor where the device that was asked for is not there. */
    CPU,
    /** Takes the standard view transform and display where the node lacks the scene's, or the scene's where it lacks an output's. */
    VIEW_TRANSFORM,
    /** Leaves the scene's look out where the node lacks it. */
    LOOK,
    /** Takes another colour space where the node lacks the one that a scene or a picture names. */
    COLOR_SPACE,
    /** Opens a scene that was saved by a newer version, which may lose parts of it. */
    NEWER_SCENE;

    /**
     * Returns the word that stands on the wire and in command lines.
     *
     * @return such as {@code view-transform}
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
