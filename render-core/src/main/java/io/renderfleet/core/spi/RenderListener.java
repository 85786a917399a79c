package io.renderfleet.core.spi;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;

/**
 * Hears of what happens in the farm.
 *
 * <p>Called one event at a time, in order, on a thread of its own and never on the engine's loop; a transition is told after it was
 * committed. A listener that throws is logged and goes on hearing; one that is slow delays only itself and other listeners.
 */
public interface RenderListener {

    /**
     * Hears of a transition of a job.
     *
     * @param transition what happened
     */
    default void onTransition(JobTransition transition) {}

    /**
     * Hears of how batches and nodes come along.
     *
     * @param notice what happened
     */
    default void onNotice(FarmNotice notice) {}
}
