package io.renderfleet.core.engine;

/** Where a job stands in the {@link BatchQueue}, which alone changes it: a sorted set needs the values under which a job was added. */
final class QueuePlace {
    private boolean queued;
    private int priority;
    private int share;

    boolean isQueued() {
        return queued;
    }

    /** Whether a job with this priority and so many open batches already stands where it belongs. */
    boolean isAt(int priority, int share) {
        return queued && this.priority == priority && this.share == share;
    }

    void take(int priority, int share) {
        queued = true;
        this.priority = priority;
        this.share = share;
    }

    void leave() {
        queued = false;
    }

    /** Higher priority first, then the job that holds fewer slots. Spelled out, since each batch asks several times. */
    static int order(QueuePlace one, QueuePlace other) {
        int byPriority = Integer.compare(other.priority, one.priority);
        return byPriority != 0 ? byPriority : Integer.compare(one.share, other.share);
    }
}
