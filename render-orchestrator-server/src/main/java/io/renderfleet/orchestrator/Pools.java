package io.renderfleet.orchestrator;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.spi.Target;
import io.renderfleet.http.server.Answer;
import io.renderfleet.http.server.Router;
import io.renderfleet.metrics.PoolMeters;
import io.renderfleet.transport.http.wire.NodeInfo;
import io.renderfleet.transport.http.wire.PoolList;
import io.renderfleet.transport.queue.PoolStanding;
import io.renderfleet.transport.queue.QueueTransport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code /pools}: workers behind queues, and what waits for them. Thread-safe. */
final class Pools {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MILLIS = 1000;

    private final @Nullable QueueTransport transport;
    private final List<Target.Pool> targets;
    private final InstantSource clock;

    /**
     * @param transport leads to the pools; null where there are none
     * @param targets the pools
     * @param clock says when workers were heard
     */
    Pools(@Nullable QueueTransport transport, List<Target.Pool> targets, InstantSource clock) {
        this.transport = transport;
        this.targets = transport == null ? List.of() : List.copyOf(targets);
        this.clock = clock;
    }

    void addTo(Router.Builder router) {
        router.route("GET", "/pools", call -> list().thenApply(list -> Answer.json(200, list)));
    }

    void measure(MeterRegistry meters) {
        if (transport != null) {
            PoolMeters.register(transport, targets, meters);
        }
    }

    private CompletionStage<PoolList> list() {
        List<CompletableFuture<PoolList.Entry>> entries =
                targets.stream().map(this::entry).toList();
        return CompletableFuture.allOf(entries.toArray(CompletableFuture[]::new))
                .thenApply(all -> new PoolList(
                        entries.stream().map(CompletableFuture::join).toList()));
    }

    private CompletableFuture<PoolList.Entry> entry(Target.Pool pool) {
        return Objects.requireNonNull(transport)
                .standing(pool)
                .toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(silent ->
                        new PoolStanding(0, OptionalLong.empty(), null, List.of(), "the broker does not answer"))
                .thenApply(standing -> entry(pool, standing));
    }

    private PoolList.Entry entry(Target.Pool pool, PoolStanding standing) {
        Duration oldest = standing.oldest();
        return new PoolList.Entry(
                pool.address().getSchemeSpecificPart(),
                pool.address().toString(),
                standing.trouble() == null ? "up" : "away",
                pool.capacity(),
                standing.held(),
                standing.waiting().isPresent() ? standing.waiting().getAsLong() : null,
                oldest == null ? 0.0 : oldest.toMillis() / (double) MILLIS,
                standing.slots(),
                standing.busy(),
                standing.trouble(),
                standing.workers().stream().map(this::worker).toList());
    }

    private PoolList.Worker worker(PoolStanding.Worker worker) {
        NodeDescription told = worker.description();
        Instant heard = clock.instant().minus(worker.silent());
        List<NodeInfo.Engine> engines = new ArrayList<>();
        for (EngineInfo engine : told.engines()) {
            engines.add(new NodeInfo.Engine(engine.name(), engine.version()));
        }
        return new PoolList.Worker(
                told.id().value(),
                told.draining() ? "draining" : "up",
                told.slots(),
                told.busy(),
                new TreeMap<>(told.labels()),
                told.version(),
                engines,
                heard);
    }
}
