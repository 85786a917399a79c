package io.renderfleet.core.engine;

import io.renderfleet.core.loop.LoopTimer;
import org.jspecify.annotations.Nullable;

/** How long a batch may take. Changed by {@link BatchFollower}; stopped by {@link BatchCloser}. */
final class BatchClock {
    private boolean begun;
    private @Nullable LoopTimer timer;

    /** Has another timer run in place of the one that does. */
    void runs(LoopTimer other) {
        stop();
        timer = other;
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** The first frame is begun. Whether that is news. */
    boolean begins() {
        boolean news = !begun;
        begun = true;
        return news;
    }
}
