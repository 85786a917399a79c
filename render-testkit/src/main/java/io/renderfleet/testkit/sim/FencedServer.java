package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.core.spi.BatchEnd;
import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.SubmitOutcome;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a simulated node and a pool have in common: the epochs that they refuse, the scenes that they keep, and the lines that they write
 * to the trace.
 */
abstract class FencedServer implements SimulatedServer {
    private static final double STOPPING_SECONDS = 0.05;

    final NodeId id;
    final FarmPhysics physics;
    private final Map<String, Long> epochs = new HashMap<>();
    private final Set<Sha256> scenes = new HashSet<>();

    FencedServer(NodeId id, FarmPhysics physics) {
        this.id = id;
        this.physics = physics;
    }

    /** Whether a call bears an epoch that is not lower than one seen before; remembered over restarts. */
    final boolean isCurrent(AttemptId attempt) {
        long greatest = epochs.merge(attempt.farm(), attempt.epoch(), Math::max);
        if (attempt.epoch() < greatest) {
            trace("refuses the epoch of " + attempt);
            return false;
        }
        return true;
    }

    /** Whether an assignment needs a scene that was never sent. */
    final boolean lacksScene(Assignment assignment) {
        return assignment.scene() instanceof Scene.Local local && !scenes.contains(physics.digest(local));
    }

    /** Takes a batch or says why not. */
    abstract SubmitOutcome take(Assignment assignment);

    @Override
    public void submit(Assignment assignment, Consumer<SubmitOutcome> reply) {
        SubmitOutcome outcome = take(assignment);
        if (physics.trace().on()) {
            trace("got " + assignment.key() + " (" + assignment.job() + "/" + assignment.batch() + ", frames "
                    + assignment.frames() + "): " + TraceText.of(outcome));
        }
        reply.accept(outcome);
    }

    /** Stops what runs, which takes a moment. */
    final void stop(RemoteRun run, Consumer<CancelOutcome> reply) {
        trace("stops " + run);
        physics.events().after((long) (STOPPING_SECONDS * 1e9), () -> run.stop(BatchEnd.State.CANCELLED, null));
        reply.accept(new CancelOutcome.Stopping());
    }

    @Override
    public void scene(Sha256 sha256, Consumer<Boolean> reply) {
        scenes.add(sha256);
        reply.accept(true);
    }

    final void trace(String what) {
        physics.trace().add(id.value(), what);
    }
}
