package io.renderfleet.transport.queue;

import io.renderfleet.core.model.NodeDescription;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a pool stands, as one coordinator sees it.
 *
 * @param held how many batches of the farm are out, on the queue or with workers
 * @param waiting how many batches wait at the broker, those of other farms that share the pool included; empty while that cannot be found out
 * @param oldest since when the batch waits that this coordinator put on the queue first, of those that no worker has; null where there is none. A
 *     coordinator that was restarted counts from when it asked for the batch
 * @param workers who was heard lately
 * @param trouble why the broker is away, in words for an operator; null while it is there
 */
public record PoolStanding(
        int held,
        OptionalLong waiting,
        @Nullable Duration oldest,
        List<Worker> workers,
        @Nullable String trouble) {

    /** Copies the list. */
    public PoolStanding {
        workers = List.copyOf(workers);
    }

    /**
     * A worker of a pool.
     *
     * @param description what it says of itself
     * @param silent for how long it was not heard; workers are heard every five seconds
     */
    public record Worker(NodeDescription description, Duration silent) {}

    /**
     * Counts the slots of all workers.
     *
     * @return slots
     */
    public int slots() {
        return workers.stream().mapToInt(worker -> worker.description().slots()).sum();
    }

    /**
     * Counts the slots that are taken, by whatever farm.
     *
     * @return slots
     */
    public int busy() {
        return workers.stream().mapToInt(worker -> worker.description().busy()).sum();
    }
}
