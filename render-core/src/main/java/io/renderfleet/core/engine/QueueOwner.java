package io.renderfleet.core.engine;

/** What the jobs of one owner hold together, as the {@link BatchQueue} counts it. Belongs to the loop. */
final class QueueOwner {
    private int slots;
    private int queued;
    private long served;

    /**
     * Begins with nothing.
     *
     * @param turn as if it had been served with this turn, so that who comes new waits as long as others
     */
    QueueOwner(long turn) {
        this.served = turn;
    }

    /** One of its jobs waits, or waits no more. */
    void queues(int more) {
        queued += more;
    }

    void holds(int more) {
        slots += more;
    }

    void served(long turn) {
        served = turn;
    }

    boolean isGone() {
        return slots == 0 && queued == 0;
    }

    /** The owner that holds fewer slots first, then the one that was served longest ago. */
    static int order(QueueOwner one, QueueOwner other) {
        int bySlots = Integer.compare(one.slots, other.slots);
        return bySlots != 0 ? bySlots : Long.compare(one.served, other.served);
    }
}
