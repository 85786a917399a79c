package io.renderfleet.core.engine;

/**
 * Where a job stands in the {@link BatchQueue}. The queue alone changes it: a sorted set needs the values under which a job was added. That
 * batches open and end is said by {@link ActiveJob}, and counts once the queue looks.
 */
final class QueuePlace {
    private final Account account = new Account(1);
    private boolean queued;
    private int priority;
    private double rank;
    private int moreSlots;
    private double moreSpeed;

    /** A batch is open on a node of that speed. */
    void opens(double speed) {
        moreSlots++;
        moreSpeed += speed;
    }

    /** A batch on a node that had that speed is open no more. */
    void ends(double speed) {
        moreSlots--;
        moreSpeed -= speed;
    }

    /** By how many slots more the job holds than the queue has seen. */
    int moreSlots() {
        return moreSlots;
    }

    double moreSpeed() {
        return moreSpeed;
    }

    /** Counts what has changed. */
    void settle(long nowNanos) {
        account.holds(moreSlots, moreSpeed, nowNanos);
        moreSlots = 0;
        moreSpeed = 0;
    }

    Account account() {
        return account;
    }

    boolean isQueued() {
        return queued;
    }

    /** Whether the job waits or holds a slot, so that it has a claim to a share. */
    boolean isActive() {
        return queued || account.slots() > 0;
    }

    /** Whether a job with this priority already stands where it belongs. */
    boolean isAt(int priority) {
        return queued && this.priority == priority;
    }

    int priority() {
        return priority;
    }

    /** Among the jobs of its owner: the lowest is to be served. */
    double rank() {
        return rank;
    }

    void leave() {
        queued = false;
    }

    void take(int priority, double rank) {
        queued = true;
        this.priority = priority;
        this.rank = rank;
    }

    /** Higher priority first. */
    static int byPriority(QueuePlace one, int other) {
        return Integer.compare(other, one.priority);
    }

    static int byRank(QueuePlace one, QueuePlace other) {
        return Double.compare(one.rank, other.rank);
    }
}
