package io.renderfleet.core.store;

import io.renderfleet.core.spi.StoredValues;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Values that end with their process. Thread-safe. */
final class ValuesInMemory implements StoredValues {
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    private final Map<String, String> values = new ConcurrentHashMap<>();

    @Override
    public CompletionStage<Map<String, String>> all() {
        return CompletableFuture.completedStage(Map.copyOf(values));
    }

    @Override
    public CompletionStage<Void> put(String name, String value) {
        StoredValues.check(name, value);
        values.put(name, value);
        return DONE;
    }

    @Override
    public CompletionStage<Void> remove(String name) {
        values.remove(name);
        return DONE;
    }
}
