package io.renderfleet.core.engine;

/**
 * What an owner or a job has had, and goes on to have: seconds of slots divided by a weight; those of a job each times the speed of its node.
 * Belongs to the loop.
 */
final class Account {
    /** How long a slot that is held counts as if it had been held already: what runs will run on for about that long. */
    private static final double AHEAD = 30;

    private final double weight;
    private double had;
    private double rate;
    private int slots;
    private long sinceNanos;

    Account(double weight) {
        this.weight = weight;
    }

    /** So many slots more, or less, are held from now on, of nodes that have this speed together. */
    void holds(int more, double speed, long nowNanos) {
        had = had(nowNanos);
        sinceNanos = nowNanos;
        slots += more;
        // What is added and taken away again must come to nothing.
        rate = slots == 0 ? 0 : rate + speed / weight;
    }

    /** Who has waited for nothing has no claim to what others had meanwhile. */
    void catchUp(double level, long nowNanos) {
        had = Math.max(had(nowNanos), level);
        sinceNanos = nowNanos;
    }

    /** What it has had. */
    double had(long nowNanos) {
        return had + rate * (nowNanos - sinceNanos) / 1e9;
    }

    /** What it has had and is about to have: who has the least is to be served. */
    double score(long nowNanos) {
        return had(nowNanos) + rate * AHEAD;
    }

    /** The speed of all slots that are held, divided by the weight. */
    double rate() {
        return rate;
    }

    double weight() {
        return weight;
    }

    int slots() {
        return slots;
    }
}
