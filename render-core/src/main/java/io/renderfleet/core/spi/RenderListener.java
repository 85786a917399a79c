package io.renderfleet.core.spi;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;

/**
 * Learns what happens in the farm.
 *
 * <p>Called one event at a time, in order, on a thread of its own and never on the engine's loop; a transition is reported after it was
 * committed. When a listener throws, the exception is logged and the listener stays; a slow listener delays only itself and other
 * listeners.
 */
public interface RenderListener {

    /**
     * Called when something has changed about a job.
     *
     * @param transition what happened
     */
    default void onTransition(JobTransition transition) {}

    /**
     * Called for the progress of batches and for changes of nodes.
     *
     * @param notice what happened
     */
    default void onNotice(FarmNotice notice) {}
}
