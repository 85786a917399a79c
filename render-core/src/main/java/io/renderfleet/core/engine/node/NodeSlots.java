package io.renderfleet.core.engine.node;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.NodeDescription;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The slots of the nodes: which of them can take a batch now, the fastest first.
 *
 * <p>A node can while it is up, has a slot that nobody reserved, and none of its gates is shut. Gates are moments on the loop's clock
 * until which it gets nothing, because it said so or because it failed too often; they open by themselves. Belongs to the loop.
 */
public final class NodeSlots {
    private static final Duration LONGEST_GATE = Duration.ofMinutes(5);
    private static final Duration DEFAULT_SLOT_GATE = Duration.ofSeconds(2);
    private static final Duration DEFAULT_THROTTLE_GATE = Duration.ofSeconds(1);

    private final Loop loop;
    private final Roster roster;
    private final NodeNotices notices;
    private final FreeNodes free = new FreeNodes();
    private final SlotListener listener;
    private double totalSpeed;
    private boolean stopped;

    NodeSlots(Loop loop, Roster roster, NodeNotices notices, SlotListener listener) {
        this.listener = listener;
        this.loop = loop;
        this.roster = roster;
        this.notices = notices;
    }

    /**
     * Returns whether a node can take a batch now.
     *
     * @param entry the node
     * @return true if it can
     */
    public boolean isFree(NodeEntry entry) {
        return entry.gates.isFree();
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
     * Finds the fastest node that can take a batch now and has all that one of several sorts of jobs requires.
     *
     * @param sorts what is required
     * @return null if there is none
     */
    public @Nullable NodeEntry firstFree(Set<Requirement> sorts) {
        return free.first(sorts);
    }

    /**
     * Finds the next node that can take a batch now and has all that one of several sorts of jobs requires.
     *
     * @param after the one looked at before, free or not
     * @param sorts what is required
     * @return the next slower one; null if there is none
     */
    public @Nullable NodeEntry nextFree(NodeEntry after, Set<Requirement> sorts) {
        return free.after(after, sorts);
    }

    /**
     * Takes a slot.
     *
     * @param entry a node that is free
     */
    public void reserve(NodeEntry entry) {
        entry.gates.reserve();
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
        entry.gates.release(endedNanos, loop.time().nanos());
        refresh(entry);
        roster.forgetIfDone(entry);
    }

    /**
     * The node has no free slot although it should: somebody else uses it.
     *
     * @param entry the node
     * @param retryAfter what it asks for
     */
    public void taken(NodeEntry entry, @Nullable Duration retryAfter) {
        entry.gates.closeSlots(gate(retryAfter, DEFAULT_SLOT_GATE), loop.time().nanos());
        refresh(entry);
    }

    /**
     * The node wants fewer calls.
     *
     * @param entry the node
     * @param retryAfter what it asks for
     */
    public void throttled(NodeEntry entry, @Nullable Duration retryAfter) {
        entry.gates.throttle(gate(retryAfter, DEFAULT_THROTTLE_GATE));
        refresh(entry);
        listener.throttled(
                entry.target(),
                Duration.ofNanos(entry.gates.untilCalls(loop.time().nanos())));
    }

    /**
     * Returns how long work must not be handed to a node, because it said so.
     *
     * @param entry the node
     * @return zero if it may be handed over now
     */
    public Duration untilOpen(NodeEntry entry) {
        return Duration.ofNanos(Math.max(0, entry.gates.untilOpen(loop.time().nanos())));
    }

    /**
     * Returns whether a node gets no work because it wants fewer calls.
     *
     * @param entry the node
     * @return true until the time that it asked for is over
     */
    public boolean isThrottled(NodeEntry entry) {
        return entry.gates.untilCalls(loop.time().nanos()) > 0;
    }

    /**
     * A frame was measured; the order of the free nodes follows.
     *
     * @param entry who rendered it
     * @param surprise by how much longer it took than expected
     * @param actual what it took
     */
    public void measured(NodeEntry entry, LogEstimate.Surprise surprise, Duration actual) {
        boolean wasFree = entry.gates.isFree() && free.remove(entry);
        entry.speed().frame(surprise, actual);
        entry.gates.rank(entry.speed().factor());
        countSpeed(entry);
        if (wasFree) {
            free.add(entry);
        }
    }

    /**
     * Adds up the speeds of all slots of nodes that are up.
     *
     * @return 0 if there are none
     */
    public double totalSpeed() {
        return Math.max(0, totalSpeed);
    }

    /** A node is another than it was thought to be; it stands under the labels that it has now. */
    void describe(NodeEntry entry, NodeDescription now) {
        boolean wasFree = entry.gates.isFree() && free.remove(entry);
        entry.describe(now);
        if (wasFree) {
            free.add(entry);
        }
    }

    void setState(NodeEntry entry, FarmNode.State state) {
        entry.state(state);
        refresh(entry);
    }

    /** Has jobs look at the free nodes again. */
    public void offer() {
        listener.nodeFree();
    }

    void stop() {
        stopped = true;
    }

    /** Puts the node among the free ones or takes it out, as it now stands, and wakes up when a gate opens. */
    void refresh(NodeEntry entry) {
        long now = loop.time().nanos();
        countSpeed(entry);
        if (entry.state() == FarmNode.State.QUARANTINED && !entry.failures.isQuarantined(now)) {
            entry.failures.beginTrial();
            entry.state(entry.stateIfThere(now));
            if (entry.state() == FarmNode.State.UP) {
                countSpeed(entry);
                notices.up(entry);
            }
        }
        int slots = entry.isOnTrial() ? 1 : entry.slots();
        boolean wanted = entry.state() == FarmNode.State.UP && !entry.hasLeft() && entry.gates.reserved() < slots;
        long opensIn = Math.max(
                entry.gates.untilOpen(now),
                entry.state() == FarmNode.State.QUARANTINED ? entry.failures.untilOpen(now) : 0);
        boolean isFree = wanted && opensIn <= 0;
        boolean opensLater = opensIn > 0 && !stopped;
        entry.gates.wakeBy(opensLater ? loop.schedule(Duration.ofNanos(opensIn), () -> refresh(entry)) : null);
        if (isFree && !entry.gates.isFree()) {
            entry.gates.free(true);
            free.add(entry);
            listener.nodeFree();
        } else if (!isFree && entry.gates.isFree()) {
            entry.gates.free(false);
            free.remove(entry);
        }
    }

    private void countSpeed(NodeEntry entry) {
        boolean counts = entry.state() == FarmNode.State.UP && !entry.hasLeft();
        totalSpeed += entry.gates.count(counts ? entry.speed().factor() * entry.slots() : 0);
    }

    private long gate(@Nullable Duration retryAfter, Duration otherwise) {
        Duration wait = retryAfter == null ? otherwise : retryAfter;
        return loop.time().nanos() + (wait.compareTo(LONGEST_GATE) > 0 ? LONGEST_GATE : wait).toNanos();
    }
}
