package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.Capability;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a simulated pool is like: a queue, as of a message broker or a cluster, that hands batches to its workers in the order in which
 * they came. A batch that no worker has begun can be withdrawn.
 *
 * @param capacity how many batches it holds at once, those that run included; at least 1
 * @param workers who renders, one batch at a time each; at least one
 * @param capabilities what its protocol can do
 */
public record PoolSpec(int capacity, List<NodeSpec> workers, Set<Capability> capabilities) {

    /** When a pool wants to be asked again of a batch that waits. */
    static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException naming what is out of range
     */
    public PoolSpec {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is " + capacity + ": it must be 1 or more");
        }
        if (workers.isEmpty()) {
            throw new IllegalArgumentException("workers are none: a pool needs one at least");
        }
        workers = List.copyOf(workers);
        capabilities = Set.copyOf(capabilities);
    }

    /**
     * Makes a pool that can do what pools usually can: hold answers, stop batches, list frames.
     *
     * @param capacity how many batches it holds
     * @param workers who renders
     * @return the pool
     */
    public static PoolSpec of(int capacity, List<NodeSpec> workers) {
        return new PoolSpec(capacity, workers, EnumSet.of(Capability.LONG_POLL, Capability.CANCEL, Capability.FRAMES));
    }
}
