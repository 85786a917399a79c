package io.renderfleet.core.engine.node;

import io.renderfleet.core.spi.Target;
import java.time.Duration;

/** Hears what becomes of the slots of the nodes. Called on the loop. */
public interface SlotListener {

    /** A node can take a batch, or other batches than before. */
    void nodeFree();

    /**
     * A node wants fewer calls, whichever call it said that to.
     *
     * @param target which
     * @param wait for how long it is to be left alone
     */
    void throttled(Target target, Duration wait);
}
