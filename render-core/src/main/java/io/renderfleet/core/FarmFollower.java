package io.renderfleet.core;

import io.renderfleet.core.engine.Engine;
import io.renderfleet.core.event.JobTransition;
import java.util.List;

/**
 * A view of a farm that another coordinator leads: an executor that can be asked for jobs, frames and logs, and renders nothing.
 *
 * <p>It knows what the calls of {@link #apply} bring, from {@link RenderExecutorBuilder#follow()} to {@link #close()}. Once such a call has
 * returned, the executor answers with what it brought. Jobs cannot be submitted, and changing one has no effect. Thread-safe.
 */
public final class FarmFollower implements AutoCloseable {
    private final Engine engine;
    private final RenderExecutor farm;

    FarmFollower(Engine engine) {
        this.engine = engine;
        this.farm = new RenderExecutor(engine);
    }

    /**
     * Returns the executor that shows the farm.
     *
     * @return an executor that is never {@linkplain RenderExecutor#isReady() ready}
     */
    public RenderExecutor farm() {
        return farm;
    }

    /**
     * Applies what has happened next, and passes it to the listeners.
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
