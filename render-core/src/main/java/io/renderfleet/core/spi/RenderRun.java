package io.renderfleet.core.spi;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FrameSet;

/** A run of a {@link RenderEngine}. Thread-safe. */
public interface RenderRun {

    /**
     * Ends the run and every process that it started; returns at once. {@link EngineEvent.Ended} with the given reason follows once
     * all of them are gone, unless the run had ended before.
     *
     * @param reason why, for example that somebody cancelled it, or that it took too long
     */
    void stop(Failure reason);

    /**
     * Gives frames up that have not been begun.
     *
     * @param keep frames to go on with
     * @return the frames that the run will have rendered in the end: those of its task that are in {@code keep}, finished, or
     *     running
     */
    FrameSet shorten(FrameSet keep);
}
