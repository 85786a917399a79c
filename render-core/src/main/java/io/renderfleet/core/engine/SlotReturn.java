package io.renderfleet.core.engine;

import io.renderfleet.core.spi.CancelOutcome;
import io.renderfleet.core.spi.RemoteJob;
import org.jspecify.annotations.Nullable;

/** Gives the slots of batches back, each once the node is known to be done with it. Belongs to the loop. */
final class SlotReturn {
    private static final int MAX_STOPS = 12;

    private final Farm farm;
    private final RetryDecision retry;

    SlotReturn(Farm farm, RetryDecision retry) {
        this.farm = farm;
        this.retry = retry;
    }

    /** Gives the slot of a batch back, once; the batch has ended by now. */
    void release(OpenBatch batch) {
        Long told = batch.watch.endedNanos();
        boolean taken = batch.handover.remote() != null;
        giveBack(batch, !taken ? null : told == null ? Long.valueOf(farm.nanos()) : told);
    }

    /** Gives it back although nobody says that the node is done: then a node that has said since that it has no slot is believed. */
    private void giveUp(OpenBatch batch) {
        giveBack(batch, batch.watch.endedNanos());
    }

    private void giveBack(OpenBatch batch, @Nullable Long endedNanos) {
        if (batch.slot.giveBack()) {
            farm.slots.release(batch.node, endedNanos);
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
                giveUp(batch);
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
                    giveUp(batch);
                }
            }
        };
    }
}
