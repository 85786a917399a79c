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
 * The jobs of which something waits and may go out now, in the order in which they are served: higher priority first, then the owner whose jobs
 * hold fewer slots, then the owner that was served longest ago, then the job that holds fewer slots, then the one that came first. So a long job
 * never starves a short one of the same priority, and a thousand jobs of one owner no single one of another.
 *
 * <p>Jobs are kept apart by what they require of nodes and by owner, so that finding one for a node takes a look at the first of each sort. Jobs
 * without an owner are those of one. A job changes its place by {@link #update}. Belongs to the loop.
 */
final class BatchQueue {
    private static final Comparator<ActiveJob> OF_ONE_OWNER = BatchQueue::orderOfOne;

    private final Map<Requirement, Map<QueueOwner, TreeSet<ActiveJob>>> byNeeds = new HashMap<>();
    private final Map<String, QueueOwner> owners = new HashMap<>();
    private long turn;

    private static int orderOfOne(ActiveJob one, ActiveJob other) {
        int byPriority = QueuePlace.byPriority(one.place, other.place);
        return byPriority != 0 ? byPriority : byShareAndAge(one, other);
    }

    private static int byShareAndAge(ActiveJob one, ActiveJob other) {
        int byShare = QueuePlace.byShare(one.place, other.place);
        return byShare != 0 ? byShare : Long.compare(one.number, other.number);
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
        int more = share - job.place.share();
        int priority = job.ledger.priority();
        if (more == 0 && (runnable ? job.place.isAt(priority) : !job.place.isQueued())) {
            return;
        }
        String name = job.ledger.request().owner().orElse("");
        QueueOwner owner = owners.computeIfAbsent(name, any -> new QueueOwner(turn));
        if (job.place.isQueued()) {
            remove(job, owner);
        }
        job.place.leave(share);
        owner.holds(more);
        if (more > 0) {
            turn++;
            owner.served(turn);
        }
        if (runnable) {
            job.place.take(priority);
            owner.queues(1);
            byNeeds.computeIfAbsent(job.requirement, key -> new HashMap<>())
                    .computeIfAbsent(owner, key -> new TreeSet<>(OF_ONE_OWNER))
                    .add(job);
        }
        if (owner.isGone()) {
            owners.remove(name);
        }
    }

    private void remove(ActiveJob job, QueueOwner owner) {
        Map<QueueOwner, TreeSet<ActiveJob>> sort = byNeeds.get(job.requirement);
        TreeSet<ActiveJob> jobs = sort == null ? null : sort.get(owner);
        if (sort == null || jobs == null || !jobs.remove(job)) {
            throw new IllegalStateException("job " + job + " stands where it was not put");
        }
        owner.queues(-1);
        if (jobs.isEmpty()) {
            sort.remove(owner);
            if (sort.isEmpty()) {
                byNeeds.remove(job.requirement);
            }
        }
    }

    /** The job that is to be served next by a node that has a free slot; null if none suits it. */
    @Nullable ActiveJob next(NodeEntry node, long nowNanos) {
        ActiveJob best = null;
        QueueOwner bestOwner = null;
        for (Map.Entry<Requirement, Map<QueueOwner, TreeSet<ActiveJob>>> sort : byNeeds.entrySet()) {
            if (!node.satisfies(sort.getKey())) {
                continue;
            }
            for (Map.Entry<QueueOwner, TreeSet<ActiveJob>> jobs :
                    sort.getValue().entrySet()) {
                ActiveJob first = firstFor(node, jobs.getValue(), nowNanos);
                if (first != null
                        && (best == null || bestOwner == null || order(first, jobs.getKey(), best, bestOwner) < 0)) {
                    best = first;
                    bestOwner = jobs.getKey();
                }
            }
        }
        return best;
    }

    private static int order(ActiveJob one, QueueOwner owner, ActiveJob other, QueueOwner otherOwner) {
        int byPriority = QueuePlace.byPriority(one.place, other.place);
        if (byPriority != 0) {
            return byPriority;
        }
        int byOwner = QueueOwner.order(owner, otherOwner);
        return byOwner != 0 ? byOwner : byShareAndAge(one, other);
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
