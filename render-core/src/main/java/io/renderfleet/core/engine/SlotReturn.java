package io.renderfleet.core.engine;

import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.RemoteJob;

/** Gives the slots of batches back, each once the node is known to be done with it. Belongs to the loop. */
final class SlotReturn {
    private static final int MAX_STOPS = 12;

    private final Farm farm;
    private final RetryDecision retry;

    SlotReturn(Farm farm, RetryDecision retry) {
        this.farm = farm;
        this.retry = retry;
    }

    /** Gives the slot of a batch back, once. */
    void release(BatchRun run) {
        if (run.slotHeld && run.node != null) {
            run.slotHeld = false;
            Long ended = run.endedNanos == null ? Long.valueOf(farm.nanos()) : run.endedNanos;
            farm.slots.release(run.node, run.remote == null ? null : ended);
        }
    }

    /** Has a node stop what nobody needs any more, and gives its slot back then; asks until it has stopped. */
    void stop(BatchRun run) {
        RemoteJob remote = run.remote;
        if (remote != null) {
            stop(run, remote, 1);
        } else {
            release(run);
        }
    }

    private void stop(BatchRun run, RemoteJob remote, int call) {
        if (farm.stoodDown) {
            return;
        }
        farm.transport
                .cancel(remote, run.attempt().withEpoch(farm.epoch))
                .whenComplete((outcome, bug) -> farm.loop.execute(() -> {
                    boolean again =
                            outcome instanceof CancelOutcome.Stopping || outcome instanceof CancelOutcome.Unreachable;
                    if (outcome instanceof CancelOutcome.Fenced) {
                        farm.standDown();
                    } else if (again && call < MAX_STOPS) {
                        farm.loop.schedule(retry.waitAfter(Math.min(call, 6)), () -> stop(run, remote, call + 1));
                    } else {
                        release(run);
                    }
                }));
    }
}
