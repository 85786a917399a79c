package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.SlotListener;
import io.renderfleet.core.spi.Target;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one part of the engine does about what another one reports.
 *
 * <p>The parts know one another in a circle: a free slot wakes the dispatcher, which takes slots. The circle is closed here and nowhere
 * else. A report before {@link #connect} is a bug, and fails. Belongs to the loop.
 */
final class Reactions implements SlotListener, Journal.Listener {
    private @Nullable Parts parts;

    /** Who reacts. */
    record Parts(Farm farm, Dispatcher dispatcher, Balancer balancer, Yielding yielding, Dependencies dependencies) {}

    void connect(Parts all) {
        parts = all;
    }

    @Override
    public void nodeFree() {
        parts().dispatcher().wake();
    }

    @Override
    public void throttled(Target target, Duration wait) {
        parts().farm().tracker.hold(target, wait);
    }

    @Override
    public void storeRecovered() {
        parts().dispatcher().wake();
    }

    @Override
    public void storeFenced() {
        parts().farm().standDown();
    }

    /** Something may be dispatched. */
    void workChanged() {
        parts().dispatcher().wake();
    }

    /** Slots are free and nothing waits. */
    void nothingWaits() {
        parts().balancer().wake();
    }

    /** Something waits, and no slot is free for it. */
    void allAreBusy() {
        parts().yielding().wake();
    }

    void frameDone(ActiveJob job, int frame) {
        if (parts().dependencies().done(job, frame)) {
            parts().dispatcher().wake();
        } else {
            parts().dispatcher().reconsider();
        }
    }

    void jobEnded(ActiveJob job) {
        job.bake.release();
        parts().dependencies().ended(job);
        parts().dispatcher().wake();
    }

    private Parts parts() {
        Parts known = parts;
        if (known == null) {
            throw new IllegalStateException("a part of the engine reports before all are connected");
        }
        return known;
    }
}
