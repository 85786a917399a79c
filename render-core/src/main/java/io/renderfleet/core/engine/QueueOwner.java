package io.renderfleet.core.engine;

/** What the jobs of one owner have together, as the {@link BatchQueue} counts it. Belongs to the loop. */
final class QueueOwner {
    private final Account account;
    private int queued;
    private int active;
    private long served;
    private double level;
    private double usualFrame;

    /**
     * Begins with nothing.
     *
     * @param weight how much of the farm it is to have beside others
     * @param turn as if it had been served with this turn, so that who comes new waits as long as others
     */
    QueueOwner(double weight, long turn) {
        this.account = new Account(weight);
        this.served = turn;
    }

    Account account() {
        return account;
    }

    /** One of its jobs waits, or waits no more. */
    void queues(int more) {
        queued += more;
    }

    boolean waits() {
        return queued > 0;
    }

    /** One of its jobs has a claim to a share, or has it no more. */
    void activates(int more) {
        active += more;
    }

    /** What each of its jobs is to hold of so much speed. */
    double shareOfJob(double speed) {
        return speed / Math.max(1, active);
    }

    /** A job of it is served, which has had this much. */
    void served(long turn, double had) {
        served = turn;
        level = Math.max(level, had);
    }

    /** What the job of it that was served last has had: a new one has had as much. */
    double level() {
        return level;
    }

    /** What a frame of its jobs took lately, in seconds on a node of speed 1. */
    void frames(double seconds) {
        usualFrame = seconds;
    }

    double usualFrame() {
        return usualFrame;
    }

    boolean isGone() {
        return active == 0;
    }

    /** The owner that has had least first, then the one that was served longest ago. */
    static int order(QueueOwner one, QueueOwner other, long nowNanos) {
        int byWork = Double.compare(one.account.score(nowNanos), other.account.score(nowNanos));
        return byWork != 0 ? byWork : Long.compare(one.served, other.served);
    }
}
