package io.renderfleet.core.spi;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import java.util.Optional;

/**
 * What renders on a node: Blender, a test pattern, any program.
 *
 * <p>A node calls {@link #check} when work arrives and {@link #start} when it begins. An engine renders frames one after another in the
 * order of the task, writes below the task's output folder only, and reports what happens as {@link EngineEvent}s.
 *
 * <p>Where an engine logs about a run on a thread of its own, it does so in the log context (SLF4J's MDC) that {@link #start} was called
 * in: the ids of job, batch, attempt and trace are there.
 *
 * <p>Thread-safe: a node with several slots starts several runs at once.
 */
public interface RenderEngine extends AutoCloseable {

    /**
     * Returns the name of the engine and its version.
     *
     * @return what {@code GET /node} shows; found out once, at start
     */
    EngineInfo info();

    /**
     * Returns whether the engine bakes the simulations of a scene, and hands the baked scene out, where a task's policy is {@link
     * io.renderfleet.core.model.Simulation#BAKE}. A node then lists {@link io.renderfleet.core.model.Capability#BAKE}.
     *
     * @return false by default
     */
    default boolean bakes() {
        return false;
    }

    /**
     * Returns whether a task is possible here, before anything starts. Must be quick: it is called while a client waits.
     *
     * @param task what is asked
     * @return why it is impossible, or empty
     */
    Optional<Failure> check(RenderTask task);

    /**
     * Starts to render and returns at once.
     *
     * @param task what to render; its folders exist and are empty
     * @param sink takes the events of this run, one at a time and in order; the last one is {@link EngineEvent.Ended}, exactly once,
     *     also where the run could not be started
     * @return a handle on the run
     */
    RenderRun start(RenderTask task, EngineSink sink);

    /** Ends all runs and their processes. Can be called twice. */
    @Override
    void close();
}
