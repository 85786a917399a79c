package io.renderfleet.testkit.sim;

/** The calls that a coordinator makes to nodes. */
public enum CallKind {
    /** Asks a node what it is. */
    DESCRIBE,
    /** Hands a batch over. */
    SUBMIT,
    /** Asks how a batch stands. */
    POLL,
    /** Stops a batch. */
    CANCEL,
    /** Takes frames away from a batch. */
    SHORTEN,
    /** Lists the finished frames of a batch. */
    FRAMES,
    /** Copies a file. */
    FETCH,
    /** Sends a scene. */
    UPLOAD,
    /** Gets a log. */
    LOG
}
