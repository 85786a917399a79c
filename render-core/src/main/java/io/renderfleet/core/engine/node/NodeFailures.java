package io.renderfleet.core.engine.node;

import io.renderfleet.core.model.JobId;
import io.renderfleet.core.policy.HealthPolicy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** What a node failed since it last did well, and its quarantine. Changed by {@link NodeHealth} and, as a trial begins, {@link NodeSlots}. */
final class NodeFailures {
    private static final int MOST_DOUBLINGS = 20;
    private static final int FORGETFUL = 3;

    private final Set<JobId> jobs = new HashSet<>();
    private int inRow;
    private int quarantines;
    private boolean onTrial;
    private long quarantineGate;
    private int forgottenInRow;
    private long forgotAt;

    NodeFailures(long nowNanos) {
        quarantineGate = nowNanos;
        forgotAt = nowNanos;
    }

    int inRow() {
        return inRow;
    }

    void succeeded() {
        inRow = 0;
        jobs.clear();
        quarantines = 0;
        onTrial = false;
        forgottenInRow = 0;
    }

    /** The node forgot a batch. True if it did so again and again; those that it had when it forgot another one count as one. */
    boolean forgot(long takenNanos, long nowNanos) {
        if (forgottenInRow == 0 || takenNanos - forgotAt >= 0) {
            forgottenInRow++;
        }
        forgotAt = nowNanos;
        return forgottenInRow >= FORGETFUL;
    }

    /** The node failed a batch of a job. True if that counts: each job counts once, and every failure does during a trial. */
    boolean counts(JobId job) {
        return jobs.add(job) || onTrial;
    }

    /** The node failed by its own fault. True if it is to be left alone. */
    boolean failed(HealthPolicy policy) {
        inRow++;
        boolean trialFailed = onTrial;
        onTrial = false;
        return trialFailed || inRow >= policy.quarantineAfter();
    }

    /** Begins a quarantine, twice as long as the one before. Gives its length. */
    Duration quarantine(HealthPolicy policy, long nowNanos) {
        Duration doubled = policy.firstQuarantine().multipliedBy(1L << Math.min(quarantines, MOST_DOUBLINGS));
        Duration time = doubled.compareTo(policy.maxQuarantine()) > 0 ? policy.maxQuarantine() : doubled;
        quarantines++;
        quarantineGate = nowNanos + time.toNanos();
        return time;
    }

    long untilOpen(long nowNanos) {
        return quarantineGate - nowNanos;
    }

    boolean isQuarantined(long nowNanos) {
        return untilOpen(nowNanos) > 0;
    }

    boolean isOnTrial() {
        return onTrial;
    }

    void beginTrial() {
        onTrial = true;
    }

    /** Nothing is held against the node any more. True if that ends a quarantine. */
    boolean forgive(long nowNanos) {
        succeeded();
        boolean ends = isQuarantined(nowNanos);
        if (ends) {
            quarantineGate = nowNanos;
        }
        return ends;
    }
}
