package io.renderfleet.core.engine;

import io.renderfleet.core.model.FailureKind;

/** Where a failure probably comes from, as finely as it decides what is tried next and what is held against a node. */
enum FaultSource {
    /** What was asked is wrong: every node would refuse it. */
    REQUEST,
    /** The scene: every node that has the same bytes fails alike. */
    SCENE,
    /** This version of the renderer: another version may do better, another node with the same version will not. */
    VERSION,
    /** What this machine has, or its renderer was built with: another one may do better. */
    INSTALLATION,
    /** A node without the scene: the others may have it. */
    SCENE_ELSEWHERE,
    /** Most probably the job's program, script or files. */
    JOB,
    /** The job needs more memory than the node has. */
    MEMORY,
    /** Either the job or the node. */
    DOUBTFUL,
    /** The node, whatever the job. */
    NODE,
    /** Neither: the coordinator, or somebody's decision. */
    COORDINATOR;

    /** Has no branch for the rest: a new kind does not compile before somebody has thought about where it comes from. */
    static FaultSource of(FailureKind kind) {
        return switch (kind) {
            case INVALID_REQUEST -> REQUEST;
            case SCENE_UNREADABLE,
                    NO_CAMERA,
                    NO_SUCH_SCENE,
                    NO_SUCH_VIEW_LAYER,
                    SCRIPTS_BLOCKED,
                    SIMULATION_NOT_BAKED -> SCENE;
            case SCENE_TOO_NEW, UNSUPPORTED_SETTING -> VERSION;
            case ENGINE_UNAVAILABLE, UNSUPPORTED_FORMAT, DENOISER_UNAVAILABLE, DEVICE_UNAVAILABLE, COLOR_UNAVAILABLE ->
                INSTALLATION;
            case SCENE_NOT_HERE -> SCENE_ELSEWHERE;
            case MISSING_FILES, SCRIPT_ERROR, PROGRAM_FAILED -> JOB;
            case OUT_OF_MEMORY, GPU_OUT_OF_MEMORY -> MEMORY;
            case DISK_FULL,
                    OUTPUT_NOT_WRITABLE,
                    PROGRAM_NOT_FOUND,
                    PROGRAM_NOT_EXECUTABLE,
                    FETCH_FAILED,
                    NODE_RESTARTED,
                    NODE_DRAINED,
                    NODE_LOST -> NODE;
            case PUBLISH_FAILED, NO_NODE, DEADLINE, DEPENDENCY_FAILED, CANCELLED -> COORDINATOR;
            case CRASHED,
                    KILLED,
                    HUNG,
                    FRAME_TIMEOUT,
                    BATCH_TIMEOUT,
                    FRAME_MISSING,
                    FRAME_EMPTY,
                    FRAME_DAMAGED,
                    INTERNAL_ERROR,
                    UNKNOWN -> DOUBTFUL;
        };
    }

    /** Whether the job is to blame rather than the node. */
    boolean isOfTheJob() {
        return this == SCENE || this == VERSION || this == INSTALLATION || this == SCENE_ELSEWHERE || this == JOB;
    }
}
