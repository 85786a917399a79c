package io.renderfleet.metrics;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is looked up again only when it is too old, so that many gauges that are read at the same time share one look-up.
 * Thread-safe.
 */
final class CachedValue<T> {
    private final Supplier<T> lookup;
    private final long freshNanos;
    private final LongSupplier nanoTime;
    private @Nullable T seen;
    private long seenAt;

    CachedValue(Supplier<T> lookup, Duration fresh, LongSupplier nanoTime) {
        this.lookup = lookup;
        this.freshNanos = fresh.toNanos();
        this.nanoTime = nanoTime;
    }

    synchronized T get() {
        T known = seen;
        long now = nanoTime.getAsLong();
        if (known == null || now - seenAt > freshNanos) {
            known = lookup.get();
            seen = known;
            seenAt = now;
        }
        return known;
    }
}
