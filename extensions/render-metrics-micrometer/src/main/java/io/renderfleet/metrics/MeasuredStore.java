package io.renderfleet.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.spi.StoredValues;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A store whose appends are timed, from the call to the commit. */
public final class MeasuredStore implements JobStore {
    private final JobStore store;
    private final Timer committed;
    private final Timer failed;

    /**
     * Wraps a store.
     *
     * @param store does the work
     * @param meters gets the times
     */
    public MeasuredStore(JobStore store, MeterRegistry meters) {
        this.store = store;
        this.committed = timer(meters, "committed");
        this.failed = timer(meters, "failed");
    }

    @Override
    public CompletionStage<StoreOpening> open(Consumer<JobTransition> history) {
        return store.open(history);
    }

    @Override
    public CompletionStage<Void> append(long position, List<JobTransition> transitions) {
        long began = System.nanoTime();
        return store.append(position, transitions)
                .whenComplete((done, problem) ->
                        (problem == null ? committed : failed).record(System.nanoTime() - began, TimeUnit.NANOSECONDS));
    }

    private static Timer timer(MeterRegistry meters, String outcome) {
        return Timer.builder("renderfleet.store.append")
                .description("Appends to the store of jobs, each of everything that was queued")
                .tag("outcome", outcome)
                .register(meters);
    }

    @Override
    public StoredValues values(String part) {
        return store.values(part);
    }

    @Override
    public void onFenced(Runnable action) {
        store.onFenced(action);
    }

    @Override
    public void close() {
        store.close();
    }
}
