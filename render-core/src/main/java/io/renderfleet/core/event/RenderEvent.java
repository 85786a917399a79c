package io.renderfleet.core.event;

import java.time.Instant;

/** Something that happened in the farm. */
public sealed interface RenderEvent permits JobTransition, FarmNotice {

    /**
     * Returns when it happened.
     *
     * @return by the coordinator's clock
     */
    Instant at();
}
