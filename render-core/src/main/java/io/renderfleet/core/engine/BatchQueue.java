package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.engine.node.Requirement;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of which something waits and may go out now, in the order in which they are served: higher priority first, then the job that
 * holds fewer slots, then the one that came first. So a long job never starves a short one of the same priority.
 *
 * <p>Jobs are kept apart by what they require of nodes, so that finding one for a node takes a look at the first of each sort. A
 * job changes its place by {@link #update}. Belongs to the loop.
 */
final class BatchQueue {
    private static final Comparator<ActiveJob> ORDER = BatchQueue::order;

    private final Map<Requirement, TreeSet<ActiveJob>> byNeeds = new HashMap<>();

    private static int order(ActiveJob one, ActiveJob other) {
        int byPlace = QueuePlace.order(one.place, other.place);
        return byPlace != 0 ? byPlace : Long.compare(one.number, other.number);
    }

    boolean isEmpty() {
        return byNeeds.isEmpty();
    }

    /** What queued jobs require. */
    Set<Requirement> sorts() {
        return byNeeds.keySet();
    }

    /** Puts a job where it belongs now, or takes it out if nothing of it may go out. */
    void update(ActiveJob job) {
        boolean runnable = job.isRunnable();
        int share = job.ledger.openBatches().size();
        int priority = job.ledger.priority();
        if (runnable ? job.place.isAt(priority, share) : !job.place.isQueued()) {
            return;
        }
        Requirement needs = job.requirement;
        if (job.place.isQueued()) {
            TreeSet<ActiveJob> jobs = byNeeds.get(needs);
            if (jobs != null) {
                jobs.remove(job);
                if (jobs.isEmpty()) {
                    byNeeds.remove(needs);
                }
            }
        }
        job.place.leave();
        if (runnable) {
            job.place.take(priority, share);
            byNeeds.computeIfAbsent(needs, key -> new TreeSet<>(ORDER)).add(job);
        }
    }

    /** The job that is to be served next by a node that has a free slot; null if none suits it. */
    @Nullable ActiveJob next(NodeEntry node, long nowNanos) {
        ActiveJob best = null;
        for (Map.Entry<Requirement, TreeSet<ActiveJob>> sort : byNeeds.entrySet()) {
            if (node.satisfies(sort.getKey())) {
                ActiveJob first = firstFor(node, sort.getValue(), nowNanos);
                best = first != null && (best == null || ORDER.compare(first, best) < 0) ? first : best;
            }
        }
        return best;
    }

    private static @Nullable ActiveJob firstFor(NodeEntry node, Set<ActiveJob> jobs, long nowNanos) {
        for (ActiveJob job : jobs) {
            if (!job.avoids(node, nowNanos)) {
                return job;
            }
        }
        return null;
    }
}
