package io.renderfleet.core.model;

import java.util.Locale;

/** How a job stands. */
public enum JobState {
    /** Taken in; nothing of it has been dispatched. */
    QUEUED,
    /** Being rendered. */
    RUNNING,
    /** Nothing more is dispatched until somebody resumes it. */
    PAUSED,
    /** Ended: every frame is accepted, or rendered by nodes that cannot show frames. */
    COMPLETED,
    /** Ended: frames are missing, for the stated reason. */
    FAILED,
    /** Ended because somebody cancelled it. */
    CANCELLED;

    /**
     * Returns whether the job is over.
     *
     * @return true for completed, failed and cancelled
     */
    public boolean hasEnded() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /**
     * Returns the name on the wire.
     *
     * @return in lower case
     */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
