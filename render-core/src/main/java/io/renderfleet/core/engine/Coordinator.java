package io.renderfleet.core.engine;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.spi.StoreOpening;

/** Who this coordinator is for nodes: its farm, its epoch, and the numbers of its attempts. Belongs to the loop. */
final class Coordinator {
    private String farm = "f-none";
    private long epoch = 1;
    private long lastSeq;

    /** Takes the place that the store gives. */
    void opened(StoreOpening opening) {
        farm = opening.farm();
        epoch = opening.epoch();
        used(opening.lastSeq());
    }

    /** An attempt of this number exists. */
    void used(long seq) {
        lastSeq = Math.max(lastSeq, seq);
    }

    AttemptId nextAttempt() {
        return new AttemptId(farm, epoch, ++lastSeq);
    }

    long epoch() {
        return epoch;
    }
}
