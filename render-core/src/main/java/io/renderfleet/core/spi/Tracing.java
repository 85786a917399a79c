package io.renderfleet.core.spi;

/**
 * Follows what a program does as spans of a trace. A farm is followed by what it tells a listener, and a node by the events of its engine, so
 * that neither waits for it. Thread-safe.
 */
public interface Tracing extends AutoCloseable {

    /**
     * Returns what follows a farm: spans of jobs and of each attempt at their batches.
     *
     * @return for {@code RenderExecutorBuilder.listener}
     */
    RenderListener farm();

    /**
     * Follows what an engine renders: spans of runs and of their frames, below the attempts that the farm follows.
     *
     * @param engine the engine
     * @return one that does the same, and is to be used in its place; closing it closes both, and hands over what has ended
     */
    RenderEngine node(RenderEngine engine);

    /** Hands over what has ended, for 10 s at most, and ends. Can be called twice. */
    @Override
    void close();
}
