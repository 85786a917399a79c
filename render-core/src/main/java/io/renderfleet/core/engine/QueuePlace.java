package io.renderfleet.core.engine;

/** Where a job stands in the {@link BatchQueue}, which alone changes it: a sorted set needs the values under which a job was added. */
final class QueuePlace {
    private boolean queued;
    private int priority;
    private int share;

    boolean isQueued() {
        return queued;
    }

    /** Whether a job with this priority already stands where it belongs. */
    boolean isAt(int priority) {
        return queued && this.priority == priority;
    }

    /** How many open batches the job has. */
    int share() {
        return share;
    }

    /** Takes it out, with so many open batches from now on. */
    void leave(int share) {
        queued = false;
        this.share = share;
    }

    void take(int priority) {
        queued = true;
        this.priority = priority;
    }

    /** Higher priority first. */
    static int byPriority(QueuePlace one, QueuePlace other) {
        return Integer.compare(other.priority, one.priority);
    }

    /** The job that holds fewer slots first. */
    static int byShare(QueuePlace one, QueuePlace other) {
        return Integer.compare(one.share, other.share);
    }
}
