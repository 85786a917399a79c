package io.renderfleet.core.model;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why frames of a job wait, at one moment. It is worked out from the same conditions by which frames are handed out, so it is exact: a frame
 * goes out as soon as one node stands under no cause any more.
 *
 * @param frames how many frames wait, at least 1
 * @param causes why; at least one. Where the job as a whole waits, what it waits for; otherwise each node of the farm under exactly one
 *     cause, the one that would last longest first
 */
public record Waiting(int frames, List<Cause> causes) {

    /** Copies the list. */
    public Waiting {
        causes = List.copyOf(causes);
        if (frames < 1 || causes.isEmpty()) {
            throw new IllegalArgumentException("frames are " + frames + " and causes " + causes
                    + ": there must be at least one frame that waits, and one cause");
        }
    }

    /**
     * What keeps frames waiting.
     *
     * @param kind what it is
     * @param nodes how many nodes stand under it; 0 where it holds for the job as a whole
     * @param until when it ends by itself, the first of several nodes; null where that is not known
     * @param message what is the case, in one sentence
     * @param remedy what would change it, in one sentence
     */
    public record Cause(Kind kind, int nodes, @Nullable Instant until, String message, String remedy) {}

    /** The kinds of causes. First those of a job as a whole, then those of single nodes, in the order in which a node is counted. */
    public enum Kind {
        /** Another coordinator leads the farm; this one only knows what it hears from it. */
        FOLLOWING,
        /** The job is about to end: no frame of it goes out any more. */
        ENDING,
        /** What happens to jobs cannot be written down, so that nothing may begin. */
        STORE_DOWN,
        /** The job has not been written down yet. */
        BEING_STORED,
        /** Somebody has paused the job. */
        PAUSED,
        /** The job waits for the end of other jobs. */
        DEPENDENCY,
        /** As many batches of the job are out as it may have. */
        LIMIT_REACHED,
        /** A node bakes the scene's simulations, which the other frames need. */
        BAKING,
        /** Frames wait for the same frames of other jobs. */
        FRAME_DEPENDENCY,
        /** Frames have failed, and are tried again later. */
        RETRY_LATER,
        /** The farm has no node. */
        NO_NODES,
        /** Nodes lack a label that the job requires. */
        LABEL_MISSING,
        /** Nodes do not have the renderer that the job needs. */
        RENDERER_MISSING,
        /** The job ran out of memory on nodes that have as much as these. */
        TOO_LITTLE_MEMORY,
        /** Nodes have refused the job. */
        REFUSED,
        /** Nodes cannot bake, and the simulations of the scene are to be baked first. */
        CANNOT_BAKE,
        /** Nodes have not said yet what they are. */
        NOT_HEARD_YET,
        /** Nodes do not answer. */
        NOT_ANSWERING,
        /** Nodes take no new work, since they or somebody said so. */
        DRAINING,
        /** Nodes have failed too often, and are left alone for a while. */
        QUARANTINED,
        /** Nodes have failed this job, which is not given to them for a while. */
        AVOIDED,
        /** Nodes have asked for fewer calls. */
        THROTTLED,
        /** Nodes say that their slots are taken by somebody else. */
        SLOTS_TAKEN_ELSEWHERE,
        /** All slots have jobs of a higher priority. */
        HIGHER_PRIORITY,
        /** All slots have other jobs of the same or a lower priority. */
        OTHER_JOBS,
        /** All slots have this very job. */
        THIS_JOB,
        /** A batch is over, and the node has not confirmed yet that it has left its slot. */
        SLOT_CLEARING,
        /** Nodes are free and would have to load the scene; those that have it loaded will be done sooner. */
        SCENE_ELSEWHERE,
        /** Nodes are free, and about to get work. */
        ABOUT_TO_BEGIN;

        /**
         * Returns its name outside Java.
         *
         * @return in lower case, such as {@code label-missing}
         */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
