package io.renderfleet.transport.http.wire;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /pools} of an orchestrator.
 *
 * @param pools all pools of workers
 */
public record PoolList(@Nullable List<Entry> pools) {

    /**
     * A pool.
     *
     * @param name what its queue is called
     * @param url its address, as in {@code GET /nodes}
     * @param state {@code up}, or {@code away} while its broker cannot be reached
     * @param capacity how many batches are out at most
     * @param held how many batches are out, on the queue or with workers
     * @param waiting how many batches wait at the broker, those of other farms included; null while that is not known
     * @param oldestWaitingSeconds for how long the oldest of this farm's waits, 0 where none does
     * @param slots slots of all workers
     * @param busy how many of them are taken, by whatever farm
     * @param trouble why the broker is away, or null
     * @param workers who was heard lately
     */
    public record Entry(
            @Nullable String name,
            @Nullable String url,
            @Nullable String state,
            @Nullable Integer capacity,
            @Nullable Integer held,
            @Nullable Long waiting,
            @Nullable Double oldestWaitingSeconds,
            @Nullable Integer slots,
            @Nullable Integer busy,
            @Nullable String trouble,
            @Nullable List<Worker> workers) {}

    /**
     * A worker.
     *
     * @param id its identity
     * @param state {@code up}, or {@code draining} once it takes no more
     * @param slots how many batches it runs at once
     * @param busy how many it runs now
     * @param labels what jobs can require
     * @param version of RenderFleet
     * @param engines what it renders with
     * @param lastSeenAt when it was heard last
     */
    public record Worker(
            @Nullable String id,
            @Nullable String state,
            @Nullable Integer slots,
            @Nullable Integer busy,
            @Nullable Map<String, String> labels,
            @Nullable String version,
            @Nullable List<NodeInfo.Engine> engines,
            @Nullable Instant lastSeenAt) {}
}
