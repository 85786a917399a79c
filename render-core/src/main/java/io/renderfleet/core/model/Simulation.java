package io.renderfleet.core.model;

import java.util.Locale;

/** How frames of a simulation that is not baked come about. A frame of such a simulation depends on all frames before it. */
public enum Simulation {
    /** As is cheapest among what the nodes can do; today that is {@link #RUN_UP}. */
    AUTO,
    /** Each session steps through the frames from the simulation's start to its first frame, without rendering them. */
    RUN_UP,
    /**
     * A node bakes the simulation before its first frame and hands out the baked scene, so that every frame is free on all nodes. One
     * that cannot do so runs up instead and says why in a warning of the job.
     */
    BAKE,
    /** The job fails, naming the objects that are not baked. */
    REFUSE;

    /**
     * Gives the word that stands on the wire and in command lines.
     *
     * @return such as {@code run-up}
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
