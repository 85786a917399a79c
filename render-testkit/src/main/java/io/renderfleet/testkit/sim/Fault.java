package io.renderfleet.testkit.sim;

/** What can go wrong in a simulated farm. */
public enum Fault {
    /** A call does not arrive; the caller waits until its time is up. Drawn for each call. */
    LOST_REQUEST(Drawn.PER_CALL),
    /** A call is served but its answer does not arrive. Drawn for each call. */
    LOST_RESPONSE(Drawn.PER_CALL),
    /** The answer to a call takes long, often longer than its caller waits. Drawn for each call. */
    LATE_RESPONSE(Drawn.PER_CALL),
    /** A call arrives twice. Drawn for each call. */
    DUPLICATE(Drawn.PER_CALL),
    /** A call arrives long after its caller has given it up. Drawn for each call. */
    LATE_REQUEST(Drawn.PER_CALL),
    /**
     * The transport itself never ends a call, whether or not it arrives; the answer to a submitted batch may come minutes later. Drawn
     * for each call.
     */
    HUNG_CALL(Drawn.PER_CALL),
    /** A call arrives at another node. Drawn for each call. */
    MISROUTED(Drawn.PER_CALL),
    /** A file is not sent, or the connection breaks. Drawn for each fetch. */
    FAILED_FETCH(Drawn.PER_CALL),
    /** A file arrives damaged. Drawn for each fetch. */
    DAMAGED_FETCH(Drawn.PER_CALL),
    /** A node answers 429 and does not say for how long. Drawn for each poll, list and fetch. */
    THROTTLED(Drawn.PER_CALL),
    /** A node fails in the middle of a batch, with some frames done. Drawn for each batch. */
    PARTIAL_RESULT(Drawn.PER_CALL),
    /** A node says that it rendered frames that it does not have. Drawn for each batch. */
    WRONG_RESULT(Drawn.PER_CALL),
    /** A node says that it renders a frame and does not get any further for two hours. Drawn for each batch. */
    STALLED_BATCH(Drawn.PER_CALL),
    /** A message of a pool overtakes those that wait. Drawn for each batch that a pool takes. */
    POOL_REORDERED(Drawn.PER_CALL),
    /** A worker of a pool dies before it has claimed what it took; the message comes again behind all others. Drawn for each message. */
    POOL_REDELIVERED(Drawn.PER_CALL),
    /** A message of a pool is delivered to another worker too, which asks and learns that it is too late. Drawn for each message. */
    POOL_DOUBLED(Drawn.PER_CALL),
    /** A worker of a pool dies while it renders, and is missed after its lease. Drawn for each batch that one begins. */
    POOL_WORKER_LOST(Drawn.PER_CALL),
    /** An append fails and has kept nothing. Drawn for each append. */
    STORE_ERROR(Drawn.PER_CALL),
    /** An append fails although it has kept everything. Drawn for each append. */
    STORE_LOST_ANSWER(Drawn.PER_CALL),
    /** An append takes long. Drawn for each append. */
    STORE_SLOW(Drawn.PER_CALL),
    /** A file cannot be written where the coordinator is. Drawn for each write. */
    OUTPUT_ERROR(Drawn.PER_CALL),
    /** The coordinator dies between one outward action and the next, and starts again. Drawn for each such action. */
    COORDINATOR_CRASH(Drawn.PER_CALL),

    /** A node dies and starts again without its table of batches. An hour and node. */
    NODE_CRASH(Drawn.PER_HOUR),
    /** A node dies and starts again with its table; what it rendered has failed. An hour and node. */
    NODE_RESTART(Drawn.PER_HOUR),
    /** A node stands still, as a machine in swap does. An hour and node. */
    NODE_FREEZE(Drawn.PER_HOUR),
    /** A node is slower for a while. An hour and node. */
    NODE_SLOWDOWN(Drawn.PER_HOUR),
    /** A node takes no new work for a while. An hour and node. */
    NODE_DRAIN(Drawn.PER_HOUR),
    /** A node answers 429 to everything for a while. An hour and node. */
    THROTTLE_STORM(Drawn.PER_HOUR),
    /** A node answers 503 to new work for a while, as if somebody else used it. An hour and node. */
    BUSY_STORM(Drawn.PER_HOUR),
    /** A node asks once to be left alone for days. An hour and node. */
    FAR_RETRY_AFTER(Drawn.PER_HOUR),
    /** The time of day of the coordinator jumps. An hour. */
    CLOCK_JUMP(Drawn.PER_HOUR),
    /** The brokers of all pools are away for a while: workers go on, and nothing is heard of them. An hour. */
    BROKER_AWAY(Drawn.PER_HOUR),
    /** The store fails everything for a while. An hour. */
    STORE_OUTAGE(Drawn.PER_HOUR),
    /** The coordinator stands still, and goes on later as if nothing had been. An hour. */
    COORDINATOR_FREEZE(Drawn.PER_HOUR),
    /** Another coordinator takes over while the old one stands still and wakes up later. An hour. */
    TAKEOVER(Drawn.PER_HOUR);

    /** How often a fault is drawn. */
    enum Drawn {
        PER_CALL,
        PER_HOUR
    }

    private final Drawn drawn;

    Fault(Drawn drawn) {
        this.drawn = drawn;
    }

    /** Whether it strikes one node, and not the coordinator, its clock or its store. */
    boolean isOfNode() {
        return switch (this) {
            case NODE_CRASH,
                    NODE_RESTART,
                    NODE_FREEZE,
                    NODE_SLOWDOWN,
                    NODE_DRAIN,
                    THROTTLE_STORM,
                    BUSY_STORM,
                    FAR_RETRY_AFTER -> true;
            default -> false;
        };
    }

    /**
     * Returns what the rate of this fault means.
     *
     * @return true if it is so many times an hour, false if it is the probability at each opportunity
     */
    public boolean isPerHour() {
        return drawn == Drawn.PER_HOUR;
    }
}
