package io.renderfleet.core;

import io.renderfleet.core.engine.Engine;
import io.renderfleet.core.event.JobTransition;
import java.util.List;

/**
 * A view of a farm that another coordinator leads: an executor that can be asked for jobs, frames and logs, and renders nothing.
 *
 * <p>It knows what it is told by {@link #apply}, from {@link RenderExecutorBuilder#follow()} to {@link #close()}. What is asked of the
 * executor after that call returned is answered with it. Jobs cannot be submitted, and changing one has no effect. Thread-safe.
 */
public final class FarmFollower implements AutoCloseable {
    private final Engine engine;
    private final RenderExecutor farm;

    FarmFollower(Engine engine) {
        this.engine = engine;
        this.farm = new RenderExecutor(engine);
    }

    /**
     * Gives the farm as it is known.
     *
     * @return an executor that is never {@linkplain RenderExecutor#isReady() ready}
     */
    public RenderExecutor farm() {
        return farm;
    }

    /**
     * Tells what has happened next; listeners hear of it.
     *
     * @param transitions in the order in which the store keeps them, from the first one on and without gaps
     */
    public void apply(List<JobTransition> transitions) {
        List<JobTransition> next = List.copyOf(transitions);
        engine.follow(next);
    }

    /** Frees everything. Can be called twice. */
    @Override
    public void close() {
        farm.detach();
    }
}
