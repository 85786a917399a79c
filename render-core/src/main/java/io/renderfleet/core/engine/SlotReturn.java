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
    void release(OpenBatch batch) {
        if (batch.slot.giveBack()) {
            Long told = batch.watch.endedNanos();
            Long ended = told == null ? Long.valueOf(farm.nanos()) : told;
            farm.slots.release(batch.node, batch.handover.remote() == null ? null : ended);
        }
    }

    /** Has a node stop what nobody needs any more, and gives its slot back then; asks until it has stopped. */
    void stop(OpenBatch batch) {
        RemoteJob remote = batch.handover.remote();
        if (remote != null) {
            stop(batch, remote, 1);
        } else {
            release(batch);
        }
    }

    private void stop(OpenBatch batch, RemoteJob remote, int call) {
        if (farm.hasStoodDown()) {
            return;
        }
        farm.transport
                .cancel(remote, batch.attempt().withEpoch(farm.coordinator.epoch()))
                .whenComplete((outcome, bug) -> farm.loop.execute(() -> {
                    CancelOutcome known =
                            outcome != null ? outcome : new CancelOutcome.Unreachable(String.valueOf(bug));
                    known.match(stops(batch, remote, call));
                }));
    }

    /** What follows from having a node stop. */
    private CancelOutcome.Cases stops(OpenBatch batch, RemoteJob remote, int call) {
        return new CancelOutcome.Cases() {
            @Override
            public void onStopping(CancelOutcome.Stopping it) {
                again();
            }

            @Override
            public void onStopped(CancelOutcome.Stopped it) {
                release(batch);
            }

            @Override
            public void onUnsupported(CancelOutcome.Unsupported it) {
                release(batch);
            }

            @Override
            public void onFenced(CancelOutcome.Fenced it) {
                farm.standDown();
            }

            @Override
            public void onUnreachable(CancelOutcome.Unreachable it) {
                again();
            }

            private void again() {
                if (call < MAX_STOPS) {
                    farm.loop.schedule(retry.waitAfter(Math.min(call, 6)), () -> stop(batch, remote, call + 1));
                } else {
                    release(batch);
                }
            }
        };
    }
}
