package io.renderfleet.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.core.spi.Target;
import io.renderfleet.transport.queue.PoolStanding;
import io.renderfleet.transport.queue.QueueTransport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of pools: what waits, and who is there. They are looked up when somebody looks, at most once a second, for which a broker that does not
 * answer has two seconds. What is not known is no number (NaN). Tags are the names of pools, which the operator gives.
 */
public final class PoolMeters {
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private PoolMeters() {}

    /**
     * Begins to measure.
     *
     * @param transport leads to the pools
     * @param pools what is measured
     * @param meters gets the numbers
     */
    public static void register(QueueTransport transport, List<Target.Pool> pools, MeterRegistry meters) {
        for (Target.Pool pool : pools) {
            CachedValue<Optional<PoolStanding>> standing =
                    new CachedValue<>(() -> look(transport, pool), FRESH, System::nanoTime);
            gauge(
                    "renderfleet.pool.waiting",
                    "Batches that wait at the broker, of all farms that share the pool",
                    null,
                    now -> now.waiting().isPresent() ? now.waiting().getAsLong() : Double.NaN,
                    standing,
                    pool,
                    meters);
            gauge(
                    "renderfleet.pool.waiting.oldest",
                    "For how long the oldest batch of this farm waits, 0 where none does",
                    "seconds",
                    now -> now.trouble() != null ? Double.NaN : seconds(now.oldest()),
                    standing,
                    pool,
                    meters);
            gauge(
                    "renderfleet.pool.workers",
                    "Workers that were heard lately",
                    null,
                    now -> now.workers().size(),
                    standing,
                    pool,
                    meters);
            gauge(
                    "renderfleet.pool.slots",
                    "Slots of those workers",
                    null,
                    PoolStanding::slots,
                    standing,
                    pool,
                    meters);
            gauge(
                    "renderfleet.pool.slots.busy",
                    "Slots of those workers that are taken, by whatever farm",
                    null,
                    PoolStanding::busy,
                    standing,
                    pool,
                    meters);
        }
    }

    private static Optional<PoolStanding> look(QueueTransport transport, Target.Pool pool) {
        try {
            return Optional.of(transport
                    .standing(pool)
                    .toCompletableFuture()
                    .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join());
        } catch (CompletionException | IllegalStateException closedOrSilent) {
            return Optional.empty();
        }
    }

    private static double seconds(@Nullable Duration time) {
        return time == null ? 0 : time.toMillis() / 1000.0;
    }

    private static void gauge(
            String name,
            String description,
            @Nullable String unit,
            ToDoubleFunction<PoolStanding> value,
            CachedValue<Optional<PoolStanding>> standing,
            Target.Pool pool,
            MeterRegistry meters) {
        Gauge.builder(name, standing, it -> it.get().map(value::applyAsDouble).orElse(Double.NaN))
                .description(description)
                .baseUnit(unit)
                .tag("pool", pool.address().getSchemeSpecificPart())
                .strongReference(true)
                .register(meters);
    }
}
