package io.renderfleet.core.spi;

/** Takes the events of one run. Implementations return quickly and never throw. */
@FunctionalInterface
public interface EngineSink {

    /**
     * Takes the next event of the run.
     *
     * @param event what happened
     */
    void accept(EngineEvent event);
}
