package io.renderfleet.core.model;

import java.util.Locale;

/** How frames of a simulation that is not baked come about. A frame of such a simulation depends on all frames before it. */
public enum Simulation {
    /**
     * {@link #BAKE} where that costs less than the steps of all sessions together, else {@link #RUN_UP}; decided as soon as a session has
     * reported how long a step takes. A node by itself steps.
     */
    AUTO,
    /** Each session steps through the frames from the simulation's start to its first frame, without rendering them. */
    RUN_UP,
    /**
     * One node bakes the simulation before its first frame and hands out the baked scene, from which all others render: every frame is
     * free then. For that the scene must be sent to the nodes, and the farm must have a store of scenes. Where it cannot be done,
     * sessions run up instead, and a warning of the job says why.
     */
    BAKE,
    /** The job fails, naming the objects that are not baked. */
    REFUSE;

    /**
     * Returns the word that stands on the wire and in command lines.
     *
     * @return such as {@code run-up}
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
