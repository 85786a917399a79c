package io.renderfleet.engine.blender;

/** How long one Blender process lives. */
public enum SessionMode {
    /** A process for each run: nothing of a run can touch the next one. */
    PROCESS,
    /** A process stays loaded for the next run of the same scene and settings, which saves start-up, loading and static geometry. */
    WARM
}
