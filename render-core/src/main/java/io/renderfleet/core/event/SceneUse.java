package io.renderfleet.core.event;

/** Which form of a job's scene a batch is rendered from. */
public enum SceneUse {
    /** The scene as it was sent. */
    AS_SENT,
    /** The scene as it was sent; the node bakes its simulations first, and hands the baked scene out. */
    TO_BAKE,
    /** The scene that a node has baked. */
    BAKED
}
