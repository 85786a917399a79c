package io.renderfleet.core.model;

/**
 * Why something was not rendered. The names stand on the wire; kinds may be added, none is ever renamed.
 *
 * <p>{@link #blame()} says where the fault lies, which decides what a retry can hope for.
 */
public enum FailureKind {
    /** A field of the request is wrong by itself. */
    INVALID_REQUEST(Blame.REQUEST),
    /** The node's engine cannot do what a setting asks. */
    UNSUPPORTED_SETTING(Blame.NODE),
    /** The scene asks for a render engine that this build does not have. */
    ENGINE_UNAVAILABLE(Blame.NODE),
    /** The node has no such scene. */
    SCENE_NOT_HERE(Blame.NODE),
    /** The scene's file is missing, truncated or no scene at all. */
    SCENE_UNREADABLE(Blame.SCENE),
    /** The scene was made by a newer version than the node has. */
    SCENE_TOO_NEW(Blame.NODE),
    /** The scene has no camera, or not the one that was named. */
    NO_CAMERA(Blame.SCENE),
    /** The file has no scene of that name. */
    NO_SUCH_SCENE(Blame.SCENE),
    /** The scene has no view layer of that name. */
    NO_SUCH_VIEW_LAYER(Blame.SCENE),
    /** This build cannot write the format. */
    UNSUPPORTED_FORMAT(Blame.NODE),
    /** This build cannot denoise. */
    DENOISER_UNAVAILABLE(Blame.NODE),
    /** The node's colour configuration lacks a view transform, look or colour space that the scene names. */
    COLOR_UNAVAILABLE(Blame.NODE),
    /** Textures, caches, fonts or linked libraries of the scene are not where it says. */
    MISSING_FILES(Blame.SCENE),
    /** The scene has a simulation that is not baked, and the request takes no other. */
    SIMULATION_NOT_BAKED(Blame.SCENE),
    /** The scene needs its own scripts, and the node does not trust them. */
    SCRIPTS_BLOCKED(Blame.NODE),
    /** A Python script failed. */
    SCRIPT_ERROR(Blame.SCENE),
    /** The render ran out of main memory or was killed for it. */
    OUT_OF_MEMORY(Blame.NODE),
    /** The render ran out of the graphics card's memory. */
    GPU_OUT_OF_MEMORY(Blame.NODE),
    /** The device that was asked for is not there. */
    DEVICE_UNAVAILABLE(Blame.NODE),
    /** The renderer crashed. */
    CRASHED(Blame.NODE),
    /** The renderer was ended by somebody else. */
    KILLED(Blame.NODE),
    /** The renderer gave no sign of life for too long. */
    HUNG(Blame.NODE),
    /** One frame took longer than allowed. */
    FRAME_TIMEOUT(Blame.NODE),
    /** The whole batch took longer than allowed. */
    BATCH_TIMEOUT(Blame.NODE),
    /** No room on the node's disk. */
    DISK_FULL(Blame.NODE),
    /** The node could not write its output folder. */
    OUTPUT_NOT_WRITABLE(Blame.NODE),
    /** The renderer ended without an error and without the frame. */
    FRAME_MISSING(Blame.NODE),
    /** The frame's file has no bytes. */
    FRAME_EMPTY(Blame.NODE),
    /** The frame's file is not a whole image. */
    FRAME_DAMAGED(Blame.NODE),
    /** The program that renders is not there. */
    PROGRAM_NOT_FOUND(Blame.NODE),
    /** The program that renders cannot be started: not executable, or short of a shared library. */
    PROGRAM_NOT_EXECUTABLE(Blame.NODE),
    /** The program that renders ended with an error that has no kind of its own. */
    PROGRAM_FAILED(Blame.SCENE),
    /** The node was restarted while it rendered. */
    NODE_RESTARTED(Blame.NODE),
    /** The node is shutting down and gave the rest back. */
    NODE_DRAINED(Blame.NODE),
    /** The node is gone, or no longer knows the batch. */
    NODE_LOST(Blame.NODE),
    /** A finished frame could not be fetched, was not what its digest says, or is no whole picture of what was asked for. */
    FETCH_FAILED(Blame.NODE),
    /** The job's output folder could not be written by the coordinator. */
    PUBLISH_FAILED(Blame.COORDINATOR),
    /** No node that could do the work was there in time. */
    NO_NODE(Blame.COORDINATOR),
    /** The job was not done by its deadline. */
    DEADLINE(Blame.COORDINATOR),
    /** A job that this one waits for did not complete. */
    DEPENDENCY_FAILED(Blame.COORDINATOR),
    /** Somebody cancelled it. */
    CANCELLED(Blame.COORDINATOR),
    /** A fault of the software itself. */
    INTERNAL_ERROR(Blame.NODE),
    /** A reason that this version does not know, from a newer node. */
    UNKNOWN(Blame.NODE);

    /** Where a fault lies. */
    public enum Blame {
        /** What was asked is wrong: every node would refuse. */
        REQUEST,
        /** The scene is probably at fault: another node would probably fail as well. */
        SCENE,
        /** The node may be at fault: another one could do better. */
        NODE,
        /** Neither: the coordinator, its disk, or somebody's decision. */
        COORDINATOR
    }

    private final Blame blame;

    FailureKind(Blame blame) {
        this.blame = blame;
    }

    /**
     * Returns where the fault lies.
     *
     * @return where the fault lies, as far as the kind says
     */
    public Blame blame() {
        return blame;
    }

    /**
     * Reads a name from the wire.
     *
     * @param name any text
     * @return the kind of that name, or {@link #UNKNOWN}
     */
    public static FailureKind fromWire(String name) {
        for (FailureKind kind : values()) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        return UNKNOWN;
    }
}
