package io.renderfleet.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.spi.StoredValues;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A store whose appends are timed, from the call to the commit. */
public final class MeasuredStore implements JobStore {
    private final JobStore store;
    private final MeterRegistry meters;

    /**
     * Wraps a store.
     *
     * @param store does the work
     * @param meters gets the times
     */
    public MeasuredStore(JobStore store, MeterRegistry meters) {
        this.store = store;
        this.meters = meters;
    }

    @Override
    public CompletionStage<StoreOpening> open(Consumer<JobTransition> history) {
        return store.open(history);
    }

    @Override
    public CompletionStage<Void> append(long position, List<JobTransition> transitions) {
        Timer.Sample began = Timer.start(meters);
        return store.append(position, transitions).whenComplete((done, problem) -> began.stop(timer(problem == null)));
    }

    private Timer timer(boolean committed) {
        return Timer.builder("renderfleet.store.append")
                .description("Appends to the store of jobs, each of everything that was queued")
                .tag("outcome", committed ? "committed" : "failed")
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
