package io.renderfleet.core.store;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.spi.JobStore;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.spi.StoredValues;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Keeps nothing beyond its process: the executor itself has all jobs in memory, and so there is nothing to write. Each one is a farm
 * of its own, with epoch 1. Thread-safe.
 */
public final class InMemoryJobStore implements JobStore {
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    private final String farm;
    private final Map<String, StoredValues> values = new ConcurrentHashMap<>();

    /** Makes a store with a farm id of its own. */
    public InMemoryJobStore() {
        this("f-" + UUID.randomUUID());
    }

    /**
     * Makes a store with a given farm id, so that a simulation gives the same ids each time.
     *
     * @param farm an id
     */
    public InMemoryJobStore(String farm) {
        this.farm = farm;
    }

    @Override
    public CompletionStage<StoreOpening> open(Consumer<JobTransition> history) {
        return CompletableFuture.completedStage(new StoreOpening(farm, 1, 0));
    }

    @Override
    public CompletionStage<Void> append(long position, List<JobTransition> transitions) {
        return DONE;
    }

    @Override
    public StoredValues values(String part) {
        return values.computeIfAbsent(part, none -> new ValuesInMemory());
    }

    @Override
    public void close() {}
}
