package io.renderfleet.core.engine;

import io.renderfleet.core.loop.LoopTimer;
import org.jspecify.annotations.Nullable;

/** How often a job has failed lately, and what failed before its first frame. Belongs to the loop. */
final class JobFailures {
    private int inRow;
    private int publishesInRow;
    private @Nullable StartupFailures startup;
    private @Nullable LoopTimer nextLook;

    /** A batch has failed. Gives how many have since the last frame that was published. */
    int batchFailed() {
        return ++inRow;
    }

    int inRow() {
        return inRow;
    }

    /** A frame could not be published. Gives how often that was so since the last one that could. */
    int publishFailed() {
        return ++publishesInRow;
    }

    int publishesInRow() {
        return publishesInRow;
    }

    void published() {
        inRow = 0;
        publishesInRow = 0;
    }

    /** Null while nothing is wrong, and once a frame is done. */
    @Nullable StartupFailures startup() {
        return startup;
    }

    /** The same; made now if this is the first failure. */
    StartupFailures startup(long nowNanos) {
        StartupFailures known = startup;
        if (known == null) {
            known = new StartupFailures(nowNanos);
            startup = known;
        }
        return known;
    }

    void forgetStartup() {
        startup = null;
    }

    boolean isLookedAtLater() {
        return nextLook != null;
    }

    void lookAgain(LoopTimer timer) {
        nextLook = timer;
    }

    void looked() {
        nextLook = null;
    }
}
