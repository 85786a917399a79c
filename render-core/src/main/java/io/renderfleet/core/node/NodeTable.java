package io.renderfleet.core.node;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderNode;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes as the engine works on them: who is up, who has a free slot, who is to be left alone.
 *
 * <p>Belongs to the loop: every call is made on it. What a node answered, or that it did not, is reported here by whoever talked to
 * it; the table also asks nodes that nobody talks to. A node with a free slot that may get work is found by
 * {@link #firstFree()}.
 */
public final class NodeTable {
    private static final Logger log = LoggerFactory.getLogger(NodeTable.class);
    private static final Duration LONGEST_GATE = Duration.ofMinutes(5);
    private static final Duration DEFAULT_SLOT_GATE = Duration.ofSeconds(2);
    private static final Duration DEFAULT_THROTTLE_GATE = Duration.ofSeconds(1);
    private static final Duration FIRST_REPROBE = Duration.ofMillis(500);

    private final Loop loop;
    private final RenderTransport transport;
    private final HealthPolicy policy;
    private final RandomGenerator random;
    private final Consumer<FarmNotice> notices;
    private final Map<URI, NodeEntry> byAddress = new LinkedHashMap<>();
    private final Map<NodeId, NodeEntry> byId = new LinkedHashMap<>();
    private final FreeNodes free = new FreeNodes();
    private Runnable onFree = () -> {};
    private BiConsumer<Target, Duration> onThrottled = (target, wait) -> {};
    private double totalSpeed;
    private int made;
    private boolean stopped;

    /**
     * Makes an empty table.
     *
     * @param loop the engine's loop
     * @param transport how to ask nodes
     * @param policy when to ask, and whom to leave alone
     * @param random spreads the probes
     * @param notices hears how nodes come along
     */
    public NodeTable(
            Loop loop,
            RenderTransport transport,
            HealthPolicy policy,
            RandomGenerator random,
            Consumer<FarmNotice> notices) {
        this.loop = loop;
        this.transport = transport;
        this.policy = policy;
        this.random = random;
        this.notices = notices;
    }

    /**
     * Says what to do when a node has become free.
     *
     * @param action called on the loop
     */
    public void onFree(Runnable action) {
        onFree = action;
    }

    /**
     * Says what to do when a node wants fewer calls, whichever call it said that to.
     *
     * @param action called on the loop with the node and how long it is to be left alone
     */
    public void onThrottled(BiConsumer<Target, Duration> action) {
        onThrottled = action;
    }

    /**
     * Says how long work must not be handed to a node, because it said so.
     *
     * @param entry which
     * @return zero if it may be handed over now
     */
    public Duration untilOpen(NodeEntry entry) {
        long now = loop.time().nanos();
        return Duration.ofNanos(Math.max(0, Math.max(entry.slotGate - now, entry.throttleGate - now)));
    }

    /**
     * Adds a target and asks it what it is; one that had left comes back.
     *
     * @param target whom
     * @return its entry
     */
    public NodeEntry add(Target target) {
        NodeEntry known = byAddress.get(target.address());
        if (known != null) {
            if (!known.target().equals(target)) {
                known.retarget(target);
                refresh(known);
            }
            if (known.left) {
                known.left = false;
                known.drainAsked = false;
                setState(known, RenderNode.State.UNKNOWN);
                probe(known);
            }
            return known;
        }
        NodeEntry entry = new NodeEntry(made++, target, loop.time().nanos());
        byAddress.put(target.address(), entry);
        probe(entry);
        return entry;
    }

    /**
     * Finds or makes the entry of a target that still has batches. A target that is not listed gets no new work, and is forgotten once
     * its batches have ended.
     *
     * @param target whom
     * @return its entry
     */
    public NodeEntry track(Target target) {
        NodeEntry known = byAddress.get(target.address());
        if (known != null) {
            return known;
        }
        NodeEntry entry = new NodeEntry(made++, target, loop.time().nanos());
        entry.left = true;
        entry.state = RenderNode.State.LEFT;
        byAddress.put(target.address(), entry);
        probe(entry);
        return entry;
    }

    /**
     * Says whether a target may get work as far as the list goes.
     *
     * @param address where it is
     * @return false for one that was never added, and for one that has left
     */
    public boolean isListed(URI address) {
        NodeEntry entry = byAddress.get(address);
        return entry != null && !entry.left;
    }

    /**
     * Asks a node what it is, out of turn.
     *
     * @param entry which
     */
    public void ask(NodeEntry entry) {
        probe(entry);
    }

    /**
     * Takes a node off the list: it gets no new work and is forgotten once its batches have ended.
     *
     * @param entry which
     */
    public void remove(NodeEntry entry) {
        if (!entry.left) {
            entry.left = true;
            setState(entry, RenderNode.State.LEFT);
            NodeId id = entry.id();
            if (id != null) {
                notices.accept(new FarmNotice.NodeLeft(loop.time().now(), id));
            }
        }
        forgetIfDone(entry);
    }

    /**
     * Has a node finish what it has and take no more, or takes that back.
     *
     * @param entry which
     * @param drain true to drain
     */
    public void drain(NodeEntry entry, boolean drain) {
        entry.drainAsked = drain;
        if (drain && entry.state == RenderNode.State.UP) {
            setDraining(entry);
        } else if (!drain && entry.state == RenderNode.State.DRAINING) {
            setState(entry, RenderNode.State.UP);
        }
    }

    /**
     * Finds a node.
     *
     * @param address where it is
     * @return null if it is not listed
     */
    public @Nullable NodeEntry at(URI address) {
        return byAddress.get(address);
    }

    /**
     * Finds a node.
     *
     * @param id who it is
     * @return null if no such node has answered
     */
    public @Nullable NodeEntry byId(NodeId id) {
        return byId.get(id);
    }

    /**
     * Lists all nodes.
     *
     * @return in the order in which they were added
     */
    public Collection<NodeEntry> all() {
        return byAddress.values();
    }

    /**
     * Finds the fastest node that can take a batch now.
     *
     * @return null if there is none
     */
    public @Nullable NodeEntry firstFree() {
        return free.first();
    }

    /**
     * Finds the next node that can take a batch now.
     *
     * @param after the one looked at before, free or not
     * @return the next slower one; null if there is none
     */
    public @Nullable NodeEntry nextFree(NodeEntry after) {
        return free.after(after);
    }

    /**
     * Finds the fastest node that can take a batch now and has all the labels of one of several sorts.
     *
     * @param sorts sets of labels; the empty one suits every node
     * @return null if there is none
     */
    public @Nullable NodeEntry firstFree(Set<Map<String, String>> sorts) {
        return free.first(sorts);
    }

    /**
     * Finds the next node that can take a batch now and has all the labels of one of several sorts.
     *
     * @param after the one looked at before, free or not
     * @param sorts sets of labels; the empty one suits every node
     * @return the next slower one; null if there is none
     */
    public @Nullable NodeEntry nextFree(NodeEntry after, Set<Map<String, String>> sorts) {
        return free.after(after, sorts);
    }

    /**
     * Says whether a node can take a batch now.
     *
     * @param entry which
     * @return true if it can
     */
    public boolean isFree(NodeEntry entry) {
        return entry.free;
    }

    /**
     * Adds up the speeds of all slots of nodes that are up.
     *
     * @return 0 if there are none
     */
    public double totalSpeed() {
        return Math.max(0, totalSpeed);
    }

    private void countSpeed(NodeEntry entry) {
        double now = entry.state == RenderNode.State.UP && !entry.left ? entry.speed.factor() * entry.slots() : 0;
        totalSpeed += now - entry.countedSpeed;
        entry.countedSpeed = now;
    }

    /**
     * Lists all nodes for people.
     *
     * @return a snapshot
     */
    public List<RenderNode> snapshot() {
        return byAddress.values().stream().map(NodeEntry::snapshot).toList();
    }

    /**
     * Takes a slot.
     *
     * @param entry a node that is free
     */
    public void reserve(NodeEntry entry) {
        entry.reserved++;
        refresh(entry);
    }

    /**
     * Gives a slot back. A batch that ended there lifts the wait for a free slot; one that was never taken does not, nor does one that had
     * ended before the node said that it had none.
     *
     * @param entry whose slot
     * @param endedNanos when it was heard that the batch which had it had ended; null if none had it
     */
    public void release(NodeEntry entry, @Nullable Long endedNanos) {
        entry.reserved--;
        if (endedNanos != null && endedNanos - entry.slotsTakenNanos >= 0) {
            entry.slotGate = loop.time().nanos();
        }
        refresh(entry);
        forgetIfDone(entry);
    }

    /**
     * The node answered something sensible.
     *
     * @param entry who
     */
    public void answered(NodeEntry entry) {
        entry.lastSeenNanos = loop.time().nanos();
        entry.holdsUntil = entry.lastSeenNanos;
        entry.lastSeenAt = loop.time().now();
        entry.outOfReachSince = null;
        entry.missedCalls = 0;
        if (entry.state == RenderNode.State.SUSPECT || entry.state == RenderNode.State.DOWN) {
            probe(entry);
        }
    }

    /**
     * The node was asked to hold an answer: that it is silent until then says nothing, unless it is so for too long.
     *
     * @param entry who
     * @param hold for how long at most
     */
    public void holds(NodeEntry entry, Duration hold) {
        entry.holdsUntil = later(entry.holdsUntil, loop.time().nanos() + hold.toNanos());
    }

    /**
     * The node did not answer.
     *
     * @param entry who
     * @param cause what went wrong
     */
    public void missed(NodeEntry entry, String cause) {
        long now = loop.time().nanos();
        boolean isNews = !cause.equals(entry.trouble);
        entry.trouble = cause;
        entry.missedCalls++;
        if (entry.outOfReachSince == null) {
            entry.outOfReachSince = now;
        }
        NodeId id = entry.id();
        if (entry.state == RenderNode.State.UNKNOWN && isNews) {
            log.warn("node {} cannot be used: {}", entry.target().address(), cause);
        } else if (entry.state == RenderNode.State.UP || entry.state == RenderNode.State.DRAINING) {
            log.warn("node {} gets no new work until it answers: {}", named(entry), cause);
            setState(entry, RenderNode.State.SUSPECT);
            if (id != null) {
                notices.accept(new FarmNotice.NodeSuspected(loop.time().now(), id, cause));
            }
            probeAfter(entry, FIRST_REPROBE);
        } else if (entry.state == RenderNode.State.SUSPECT
                && now - entry.outOfReachSince >= policy.lostAfter().toNanos()) {
            log.warn("node {} is lost, others get its batches: {}", named(entry), cause);
            setState(entry, RenderNode.State.DOWN);
            if (id != null) {
                notices.accept(new FarmNotice.NodeLost(loop.time().now(), id, cause));
            }
        }
    }

    /**
     * The node has no free slot although it should: somebody else uses it.
     *
     * @param entry who
     * @param retryAfter what it asks for
     */
    public void slotsTaken(NodeEntry entry, @Nullable Duration retryAfter) {
        entry.slotGate = later(entry.slotGate, gate(retryAfter, DEFAULT_SLOT_GATE));
        entry.slotsTakenNanos = loop.time().nanos();
        refresh(entry);
    }

    /**
     * The node wants fewer calls.
     *
     * @param entry who
     * @param retryAfter what it asks for
     */
    public void throttled(NodeEntry entry, @Nullable Duration retryAfter) {
        entry.throttleGate = later(entry.throttleGate, gate(retryAfter, DEFAULT_THROTTLE_GATE));
        refresh(entry);
        onThrottled.accept(
                entry.target(),
                Duration.ofNanos(entry.throttleGate - loop.time().nanos()));
    }

    /**
     * The node takes no more work.
     *
     * @param entry who
     */
    public void draining(NodeEntry entry) {
        if (entry.state == RenderNode.State.UP) {
            setDraining(entry);
        }
    }

    /**
     * The node did well.
     *
     * @param entry who
     */
    public void succeeded(NodeEntry entry) {
        entry.failuresInRow = 0;
        entry.quarantines = 0;
        entry.onTrial = false;
        entry.trouble = null;
        refresh(entry);
    }

    /**
     * The node failed a batch by its own fault, as far as one can tell.
     *
     * @param entry who
     * @param cause what went wrong
     */
    public void failed(NodeEntry entry, String cause) {
        entry.trouble = cause;
        if (entry.target() instanceof Target.Pool) {
            // Whoever failed stands behind the pool, which picks another one next time.
            return;
        }
        entry.failuresInRow++;
        boolean trialFailed = entry.onTrial;
        entry.onTrial = false;
        if (!trialFailed && entry.failuresInRow < policy.quarantineAfter()) {
            return;
        }
        Duration time = policy.firstQuarantine().multipliedBy(1L << Math.min(entry.quarantines, 20));
        Duration until = time.compareTo(policy.maxQuarantine()) > 0 ? policy.maxQuarantine() : time;
        entry.quarantines++;
        entry.quarantineGate = loop.time().nanos() + until.toNanos();
        log.warn("node {} is left alone for {} s, since it fails: {}", named(entry), until.toSeconds(), cause);
        if (entry.state == RenderNode.State.UP) {
            setState(entry, RenderNode.State.QUARANTINED);
        }
        NodeId id = entry.id();
        if (id != null) {
            notices.accept(new FarmNotice.NodeQuarantined(loop.time().now(), id, until, cause));
        }
    }

    /**
     * A frame was measured; the order of the free nodes follows.
     *
     * @param entry who rendered it
     * @param expected what a node of speed 1 takes
     * @param actual what it took
     */
    public void measured(NodeEntry entry, Duration expected, Duration actual) {
        boolean wasFree = entry.free && free.remove(entry);
        entry.speed.frame(expected, actual);
        entry.freeRank = entry.speed.factor();
        countSpeed(entry);
        if (wasFree) {
            free.add(entry);
        }
    }

    /** Asks no more nodes. */
    public void stop() {
        stopped = true;
        byAddress.values().forEach(this::cancelTimers);
    }

    private void setDraining(NodeEntry entry) {
        setState(entry, RenderNode.State.DRAINING);
        NodeId id = entry.id();
        if (id != null) {
            notices.accept(new FarmNotice.NodeDraining(loop.time().now(), id));
        }
    }

    private void probe(NodeEntry entry) {
        boolean isKnownEnough = entry.left && entry.description != null;
        if (stopped || entry.probing || isKnownEnough) {
            return;
        }
        entry.probing = true;
        transport
                .describe(entry.target())
                .whenComplete((outcome, bug) -> loop.execute(() -> {
                    entry.probing = false;
                    probed(entry, outcome != null ? outcome : new DescribeOutcome.Unreachable(String.valueOf(bug)));
                }));
    }

    private void probed(NodeEntry entry, DescribeOutcome outcome) {
        if (entry.left) {
            if (outcome instanceof DescribeOutcome.Throttled throttled) {
                throttled(entry, throttled.retryAfter());
            }
            learn(entry, outcome);
            return;
        }
        if (outcome instanceof DescribeOutcome.Described described) {
            described(entry, described.node());
        } else if (outcome instanceof DescribeOutcome.Anonymous) {
            described(entry, NodeDescription.simplest(idFrom(entry.target().address())));
        } else if (outcome instanceof DescribeOutcome.Throttled throttled) {
            throttled(entry, throttled.retryAfter());
        } else if (outcome instanceof DescribeOutcome.Refused refused) {
            missed(entry, refused.cause());
        } else if (outcome instanceof DescribeOutcome.Unreachable unreachable) {
            missed(entry, unreachable.cause());
        }
        probeAfter(entry, nextProbe(entry));
    }

    /** What a node that is only tracked can do: without that its frames could not be fetched. */
    private void learn(NodeEntry entry, DescribeOutcome outcome) {
        if (entry.description != null || byAddress.get(entry.target().address()) != entry) {
            return;
        }
        if (outcome instanceof DescribeOutcome.Described described) {
            entry.description = described.node();
            byId.putIfAbsent(described.node().id(), entry);
        } else if (outcome instanceof DescribeOutcome.Anonymous) {
            entry.description = NodeDescription.simplest(idFrom(entry.target().address()));
        } else {
            probeAfter(entry, policy.probeEvery());
        }
    }

    private void described(NodeEntry entry, NodeDescription now) {
        NodeDescription before = entry.description;
        boolean wasFree = entry.free && free.remove(entry);
        entry.description = now;
        if (wasFree) {
            // Under the labels that it has now.
            free.add(entry);
        }
        entry.lastSeenNanos = loop.time().nanos();
        entry.lastSeenAt = loop.time().now();
        entry.outOfReachSince = null;
        entry.missedCalls = 0;
        NodeEntry twin = byId.putIfAbsent(now.id(), entry);
        if (before != null && !before.id().equals(now.id())) {
            byId.remove(before.id(), entry);
        }
        if (twin != null && twin != entry && isThere(twin)) {
            String same = "it is the same node as " + twin.target().address();
            if (!same.equals(entry.trouble)) {
                log.warn("node {} cannot be used: {}", entry.target().address(), same);
            }
            entry.trouble = same;
            setState(entry, RenderNode.State.DUPLICATE);
            return;
        }
        byId.put(now.id(), entry);
        if (before != null && before.id().equals(now.id()) && !before.bootId().equals(now.bootId())) {
            notices.accept(new FarmNotice.NodeRestarted(loop.time().now(), now.id(), now.bootId()));
        }
        RenderNode.State then = entry.state;
        setState(entry, stateOf(entry, now));
        if (wasFree && entry.free && before != null && !suitsTheSame(before, now)) {
            onFree.run();
        }
        if (entry.state == RenderNode.State.DRAINING && then != RenderNode.State.DRAINING) {
            notices.accept(new FarmNotice.NodeDraining(loop.time().now(), now.id()));
        }
        if (entry.state == RenderNode.State.UP && then != RenderNode.State.UP) {
            entry.trouble = null;
            tellUp(entry);
        }
    }

    private static String named(NodeEntry entry) {
        return entry + " at " + entry.target().address();
    }

    private void tellUp(NodeEntry entry) {
        NodeId id = entry.id();
        if (id != null) {
            log.info("node {} takes work", named(entry));
            notices.accept(
                    new FarmNotice.NodeUp(loop.time().now(), id, entry.target().address()));
        }
    }

    /** Whether jobs that could not use a node before still cannot. */
    private static boolean suitsTheSame(NodeDescription before, NodeDescription now) {
        return before.labels().equals(now.labels())
                && before.memoryBytes() == now.memoryBytes()
                && before.capabilities().equals(now.capabilities());
    }

    /** A node that is out of reach at its old address may have moved to the new one. */
    private static boolean isThere(NodeEntry twin) {
        return twin.state != RenderNode.State.LEFT
                && twin.state != RenderNode.State.DOWN
                && twin.state != RenderNode.State.SUSPECT;
    }

    private RenderNode.State stateOf(NodeEntry entry, NodeDescription now) {
        if (now.draining() || entry.drainAsked) {
            return RenderNode.State.DRAINING;
        }
        return entry.quarantineGate - loop.time().nanos() > 0 ? RenderNode.State.QUARANTINED : RenderNode.State.UP;
    }

    private Duration nextProbe(NodeEntry entry) {
        Duration base = policy.probeEvery();
        if (entry.missedCalls > 0 && entry.missedCalls < 8) {
            Duration quick = FIRST_REPROBE.multipliedBy(1L << entry.missedCalls);
            base = quick.compareTo(base) < 0 ? quick : base;
        }
        return Duration.ofNanos((long) (base.toNanos() * (0.8 + 0.4 * random.nextDouble())));
    }

    private void probeAfter(NodeEntry entry, Duration delay) {
        if (stopped) {
            return;
        }
        if (entry.probeTimer != null) {
            entry.probeTimer.cancel();
        }
        entry.probeTimer = loop.schedule(delay, () -> probeIfSilent(entry, delay));
    }

    /**
     * Asks a node that has been silent for as long as was waited. One that holds an answer may be silent for twice the usual time, and a
     * little longer, since the answer is then on its way: so that no node is silent for longer than 2.4 times the usual one unasked.
     */
    private void probeIfSilent(NodeEntry entry, Duration waited) {
        long every = policy.probeEvery().toNanos();
        long silent = loop.time().nanos() - entry.lastSeenNanos;
        long mayBe = Math.min(entry.holdsUntil - entry.lastSeenNanos, 2 * every);
        if (entry.state == RenderNode.State.UP && silent < Math.min(waited.toNanos(), every * 6 / 5)) {
            probeAfter(entry, nextProbe(entry));
        } else if (entry.state == RenderNode.State.UP && silent < mayBe) {
            long onItsWay = (long) (every * (0.2 + 0.1 * random.nextDouble()));
            probeAfter(entry, Duration.ofNanos(mayBe - silent + onItsWay));
        } else {
            probe(entry);
        }
    }

    private void setState(NodeEntry entry, RenderNode.State state) {
        entry.state = state;
        refresh(entry);
    }

    /** Puts the node among the free ones or takes it out, as it now stands, and wakes up when a gate opens. */
    private void refresh(NodeEntry entry) {
        long now = loop.time().nanos();
        countSpeed(entry);
        if (entry.state == RenderNode.State.QUARANTINED && entry.quarantineGate - now <= 0) {
            entry.state = RenderNode.State.UP;
            entry.onTrial = true;
            countSpeed(entry);
            tellUp(entry);
        }
        int slots = entry.onTrial ? 1 : entry.slots();
        boolean wanted = entry.state == RenderNode.State.UP && !entry.left && entry.reserved < slots;
        long opensIn = Math.max(
                Math.max(entry.slotGate, entry.throttleGate) - now,
                entry.state == RenderNode.State.QUARANTINED ? entry.quarantineGate - now : 0);
        boolean isFree = wanted && opensIn <= 0;
        if (entry.gateTimer != null) {
            entry.gateTimer.cancel();
            entry.gateTimer = null;
        }
        if (opensIn > 0 && !stopped) {
            entry.gateTimer = loop.schedule(Duration.ofNanos(opensIn), () -> refresh(entry));
        }
        if (isFree && !entry.free) {
            entry.free = true;
            free.add(entry);
            onFree.run();
        } else if (!isFree && entry.free) {
            entry.free = false;
            free.remove(entry);
        }
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }

    private long gate(@Nullable Duration retryAfter, Duration otherwise) {
        Duration wait = retryAfter == null ? otherwise : retryAfter;
        return loop.time().nanos() + (wait.compareTo(LONGEST_GATE) > 0 ? LONGEST_GATE : wait).toNanos();
    }

    private void forgetIfDone(NodeEntry entry) {
        if (entry.left && entry.reserved == 0) {
            cancelTimers(entry);
            byAddress.remove(entry.target().address(), entry);
            NodeId id = entry.id();
            if (id != null) {
                byId.remove(id, entry);
            }
        }
    }

    private void cancelTimers(NodeEntry entry) {
        if (entry.probeTimer != null) {
            entry.probeTimer.cancel();
        }
        if (entry.gateTimer != null) {
            entry.gateTimer.cancel();
        }
    }

    private static NodeId idFrom(URI address) {
        List<String> parts = new ArrayList<>();
        parts.add("at");
        for (String part : address.toString().split("[^A-Za-z0-9]+", -1)) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        String id = String.join("-", parts);
        return new NodeId(id.length() > 100 ? id.substring(0, 100) : id);
    }
}
