package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import java.time.Duration;

/**
 * Hears what happens on a node, such as for statistics. Every method does nothing unless it is overridden.
 *
 * <p>Called on the node's own threads, in the order of what happened to each job, with the job's ids in the log context. Must be quick
 * and not block; what it throws is logged.
 */
public interface NodeListener {

    /**
     * A job was taken, and takes a slot from now on.
     *
     * @param job as it was taken
     */
    default void jobTaken(NodeJobView job) {}

    /**
     * A frame was rendered and verified.
     *
     * @param job as it stands
     * @param frame which one
     * @param renderTime how long the engine took for it
     */
    default void frameFinished(NodeJobView job, int frame, Duration renderTime) {}

    /**
     * A frame could not be rendered, or did not verify.
     *
     * @param job as it stands
     * @param failure why, with the frame where that is known
     */
    default void frameFailed(NodeJobView job, Failure failure) {}

    /**
     * A job has ended.
     *
     * @param job how it ended
     */
    default void jobEnded(NodeJobView job) {}
}
