package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.engine.node.Requirement;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.SharePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of which something waits and may go out now, in the order in which they are served: higher priority first, then the owner that has
 * had slots for the fewest seconds for its weight, then the owner that was served longest ago, then the job of it that has had least work, or
 * has least left, then the one that came first. So a long job never starves a short one of the same priority, and a thousand jobs of one owner no single one of another.
 *
 * <p>This is fair queuing by start times (Goyal, Vin and Cheng, 1996) over slots: who begins to wait has had as much as the one of those that
 * wait already that has had least. Only what has been held counts, no estimate of how long a batch will take.
 *
 * <p>Between owners the speeds of nodes do not count: how fast nodes are beside each other is not well known where they have never rendered for
 * the same jobs.
 *
 * <p>Jobs are kept apart by what they require of nodes and by owner, so that finding one for a node takes a look at the first of each sort. Jobs
 * without an owner are those of one. A job changes its place by {@link #update}; what jobs have had since is looked at every five
 * seconds. Belongs to the loop.
 */
final class BatchQueue {
    private static final Comparator<ActiveJob> OF_ONE_OWNER = BatchQueue::orderOfOne;
    private static final double CLEARLY_LESS = 0.75;
    private static final int LOOKED_AT = 64;
    private static final long REFRESH = Duration.ofSeconds(5).toNanos();

    private final Map<Requirement, Map<QueueOwner, TreeSet<ActiveJob>>> byNeeds = new LinkedHashMap<>();
    private final Map<Scene, Set<ActiveJob>> byScene = new HashMap<>();
    private final Map<String, QueueOwner> owners = new HashMap<>();
    private final SharePolicy shares;
    private final LongSupplier clock;
    private double weights;
    private int slots;
    private double level;
    private long turn;
    private long refreshed;

    BatchQueue(SharePolicy shares, LongSupplier clock) {
        this.shares = shares;
        this.clock = clock;
        this.refreshed = clock.getAsLong();
    }

    private static int orderOfOne(ActiveJob one, ActiveJob other) {
        int byPriority = QueuePlace.byPriority(one.place, other.place.priority());
        return byPriority != 0 ? byPriority : byRankAndAge(one, other);
    }

    private static int byRankAndAge(ActiveJob one, ActiveJob other) {
        int byRank = QueuePlace.byRank(one.place, other.place);
        return byRank != 0 ? byRank : Long.compare(one.number, other.number);
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
        QueuePlace place = job.place;
        boolean runnable = job.isRunnable();
        int priority = job.ledger.priority();
        int more = place.moreSlots();
        if (more == 0 && (runnable ? place.isAt(priority) : !place.isQueued())) {
            return;
        }
        long now = clock.getAsLong();
        String name = ownerOf(job);
        QueueOwner owner = owners.computeIfAbsent(name, this::newOwner);
        boolean waited = place.isQueued();
        boolean ownerWaited = owner.waits();
        boolean wasActive = place.isActive();
        if (waited) {
            remove(job, owner);
        }
        if (more > 0) {
            serve(job, owner, now);
        }
        slots += more;
        owner.account().holds(more, more, now);
        place.settle(now);
        if (runnable) {
            if (!waited) {
                place.account().catchUp(leastHadOf(owner, now), now);
            }
            if (!ownerWaited) {
                owner.account().catchUp(leastHad(now), now);
            }
            add(job, owner, priority, now);
        }
        if (place.isActive() != wasActive) {
            owner.activates(wasActive ? -1 : 1);
        }
        if (owner.isGone()) {
            owners.remove(name);
            weights = owners.isEmpty() ? 0 : weights - owner.account().weight();
        }
    }

    private static String ownerOf(ActiveJob job) {
        return job.ledger.request().owner().orElse("");
    }

    private QueueOwner newOwner(String name) {
        QueueOwner owner = new QueueOwner(shares.weightOf(name), turn);
        weights += owner.account().weight();
        return owner;
    }

    /** What the owner that waits and has had least has had; where none waits, the one that was served last. */
    private double leastHad(long now) {
        return owners.values().stream()
                .filter(QueueOwner::waits)
                .mapToDouble(owner -> owner.account().had(now))
                .min()
                .orElse(level);
    }

    /** The same for the jobs of one owner; who has had least is among the first, or holds many slots. */
    private double leastHadOf(QueueOwner owner, long now) {
        return byNeeds.values().stream()
                .flatMap(sort -> Stream.ofNullable(sort.get(owner)))
                .flatMap(jobs -> jobs.stream().limit(LOOKED_AT))
                .mapToDouble(job -> job.place.account().had(now))
                .min()
                .orElse(owner.level());
    }

    private void serve(ActiveJob job, QueueOwner owner, long now) {
        turn++;
        level = Math.max(level, owner.account().had(now));
        owner.served(turn, job.place.account().had(now));
    }

    private void add(ActiveJob job, QueueOwner owner, int priority, long now) {
        job.place.take(priority, rank(job, owner, now));
        owner.queues(1);
        byNeeds.computeIfAbsent(job.requirement, key -> new LinkedHashMap<>())
                .computeIfAbsent(owner, key -> new TreeSet<>(OF_ONE_OWNER))
                .add(job);
        byScene.computeIfAbsent(job.scene(), key -> new LinkedHashSet<>()).add(job);
    }

    private double rank(ActiveJob job, QueueOwner owner, long now) {
        if (shares.withinOwner() == SharePolicy.WithinOwner.EQUAL) {
            return job.place.account().score(now);
        }
        double frame = job.pace.secondsPerFrame();
        if (frame > 0) {
            owner.frames(frame);
        }
        return job.framesLeft() * (frame > 0 ? frame : Math.max(owner.usualFrame(), 1e-3));
    }

    private void remove(ActiveJob job, QueueOwner owner) {
        Map<QueueOwner, TreeSet<ActiveJob>> sort = byNeeds.get(job.requirement);
        TreeSet<ActiveJob> jobs = sort == null ? null : sort.get(owner);
        if (sort == null || jobs == null || !jobs.remove(job)) {
            throw new IllegalStateException("job " + job + " stands where it was not put");
        }
        job.place.leave();
        owner.queues(-1);
        Set<ActiveJob> ofScene = byScene.get(job.scene());
        if (ofScene != null && ofScene.remove(job) && ofScene.isEmpty()) {
            byScene.remove(job.scene());
        }
        if (jobs.isEmpty()) {
            sort.remove(owner);
            if (sort.isEmpty()) {
                byNeeds.remove(job.requirement);
            }
        }
    }

    /** The job that is to be served next by a node that has a free slot; null if none suits it. */
    @Nullable ActiveJob next(NodeEntry node, long nowNanos) {
        return next(node, nowNanos, job -> true);
    }

    /** The same among the jobs for which something holds. */
    @Nullable ActiveJob next(NodeEntry node, long nowNanos, Predicate<ActiveJob> among) {
        refresh(nowNanos);
        ActiveJob best = null;
        QueueOwner bestOwner = null;
        for (Map.Entry<Requirement, Map<QueueOwner, TreeSet<ActiveJob>>> sort : byNeeds.entrySet()) {
            if (!node.satisfies(sort.getKey())) {
                continue;
            }
            for (Map.Entry<QueueOwner, TreeSet<ActiveJob>> jobs :
                    sort.getValue().entrySet()) {
                ActiveJob first = firstFor(node, jobs.getValue(), nowNanos, among);
                if (first != null
                        && (best == null
                                || bestOwner == null
                                || order(first, jobs.getKey(), best, bestOwner, nowNanos) < 0)) {
                    best = first;
                    bestOwner = jobs.getKey();
                }
            }
        }
        return best;
    }

    /** The same among the first jobs of some scenes. */
    @Nullable ActiveJob nextOf(List<Scene> scenes, NodeEntry node, long nowNanos) {
        return scenes.stream()
                .flatMap(scene -> byScene.getOrDefault(scene, Set.of()).stream().limit(LOOKED_AT))
                .filter(job -> node.satisfies(job.requirement) && !job.avoids(node, nowNanos))
                .min((one, other) -> order(one, owner(one), other, owner(other), nowNanos))
                .orElse(null);
    }

    /** The first jobs of each owner and sort that suit a node. */
    List<ActiveJob> first(NodeEntry node, long nowNanos) {
        List<ActiveJob> first = new ArrayList<>();
        byNeeds.forEach((needs, owners) -> {
            if (node.satisfies(needs)) {
                owners.values()
                        .forEach(jobs -> jobs.stream()
                                .filter(job -> !job.avoids(node, nowNanos))
                                .limit(Math.max(1, LOOKED_AT - first.size()))
                                .forEach(first::add));
            }
        });
        return first;
    }

    private QueueOwner owner(ActiveJob job) {
        QueueOwner owner = owners.get(ownerOf(job));
        if (owner == null) {
            throw new IllegalStateException("job " + job + " has a claim that nobody has counted");
        }
        return owner;
    }

    /** How much more one job has had than another, in seconds of slots, times the speeds of nodes within an owner; where the shortest goes first, how much more it has left. */
    double lead(ActiveJob one, ActiveJob other, long nowNanos) {
        QueueOwner owner = owner(one);
        QueueOwner otherOwner = owner(other);
        return owner == otherOwner
                ? one.place.rank() - other.place.rank()
                : owner.account().score(nowNanos) - otherOwner.account().score(nowNanos);
    }

    /**
     * Whether a slot belongs to a job rather than to another one: with it the job holds no more than its share, and the other would hold
     * more. A share is that of the owner where the jobs have different owners.
     *
     * @param speed of the slot
     * @param all of all slots
     */
    boolean isOwed(ActiveJob job, ActiveJob other, double speed, double all) {
        if (!haveOneOwner(job, other)) {
            return isWithinShareOfSlots(job, 0) && !isWithinShareOfSlots(other, 0);
        }
        Slot slot = new Slot(speed, 0);
        return isWithinShare(job, slot, all) && !isWithinShare(other, slot, all);
    }

    static boolean haveOneOwner(ActiveJob one, ActiveJob other) {
        return ownerOf(one).equals(ownerOf(other));
    }

    /**
     * A slot that somebody might get.
     *
     * @param speed of its node
     * @param coming what else is about to come, or to go
     */
    record Slot(double speed, double coming) {}

    /**
     * Whether a job that holds clearly less than its share of its owner's would hold no more than that with another slot.
     *
     * @param all the speed of all slots
     */
    boolean isWithinShare(ActiveJob job, Slot slot, double all) {
        QueueOwner owner = owner(job);
        double share = all * owner.account().weight() / weights;
        return shares.withinOwner() == SharePolicy.WithinOwner.EQUAL
                && isWithin(job.place.account().rate() + slot.coming(), slot.speed(), owner.shareOfJob(share));
    }

    /**
     * The same for the owner of a job, by numbers of slots.
     *
     * @param coming how many slots are about to come, or to go
     */
    boolean isWithinShareOfSlots(ActiveJob job, int coming) {
        Account account = owner(job).account();
        return isWithin(account.slots() + coming, 1, slots * account.weight() / weights);
    }

    private static boolean isWithin(double rate, double more, double share) {
        return rate + more <= share && rate < CLEARLY_LESS * share;
    }

    private static int order(ActiveJob one, QueueOwner owner, ActiveJob other, QueueOwner otherOwner, long nowNanos) {
        int byPriority = QueuePlace.byPriority(one.place, other.place.priority());
        if (byPriority != 0) {
            return byPriority;
        }
        int byOwner = owner == otherOwner ? 0 : QueueOwner.order(owner, otherOwner, nowNanos);
        return byOwner != 0 ? byOwner : byRankAndAge(one, other);
    }

    private static @Nullable ActiveJob firstFor(
            NodeEntry node, Set<ActiveJob> jobs, long nowNanos, Predicate<ActiveJob> among) {
        for (ActiveJob job : jobs) {
            if (!job.avoids(node, nowNanos) && among.test(job)) {
                return job;
            }
        }
        return null;
    }

    /** What jobs have had grows while their batches run: puts those that hold slots in order again. */
    private void refresh(long nowNanos) {
        if (nowNanos - refreshed < REFRESH) {
            return;
        }
        refreshed = nowNanos;
        for (Map<QueueOwner, TreeSet<ActiveJob>> sort : byNeeds.values()) {
            sort.forEach((owner, jobs) -> refresh(owner, jobs, nowNanos));
        }
    }

    private void refresh(QueueOwner owner, Set<ActiveJob> jobs, long nowNanos) {
        List<ActiveJob> moving =
                jobs.stream().filter(job -> job.place.account().slots() > 0).toList();
        moving.forEach(jobs::remove);
        for (ActiveJob job : moving) {
            job.place.take(job.place.priority(), rank(job, owner, nowNanos));
            jobs.add(job);
        }
    }
}
