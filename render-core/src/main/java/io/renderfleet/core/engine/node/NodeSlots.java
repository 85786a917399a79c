package io.renderfleet.core.engine.node;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.spi.Target;
import java.time.Duration;
import java.util.Set;
import java.util.function.BiConsumer;
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
    private Runnable onFree = () -> {};
    private BiConsumer<Target, Duration> onThrottled = (target, wait) -> {};
    private double totalSpeed;
    private boolean stopped;

    NodeSlots(Loop loop, Roster roster, NodeNotices notices) {
        this.loop = loop;
        this.roster = roster;
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
     * Says whether a node can take a batch now.
     *
     * @param entry which
     * @return true if it can
     */
    public boolean isFree(NodeEntry entry) {
        return entry.free;
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
        roster.forgetIfDone(entry);
    }

    /**
     * The node has no free slot although it should: somebody else uses it.
     *
     * @param entry who
     * @param retryAfter what it asks for
     */
    public void taken(NodeEntry entry, @Nullable Duration retryAfter) {
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
        boolean wasFree = entry.free && free.remove(entry);
        entry.description = now;
        if (wasFree) {
            free.add(entry);
        }
    }

    void setState(NodeEntry entry, FarmNode.State state) {
        entry.state = state;
        refresh(entry);
    }

    /** Has jobs look at the free nodes again. */
    public void offer() {
        onFree.run();
    }

    void stop() {
        stopped = true;
    }

    /** Puts the node among the free ones or takes it out, as it now stands, and wakes up when a gate opens. */
    void refresh(NodeEntry entry) {
        long now = loop.time().nanos();
        countSpeed(entry);
        if (entry.state == FarmNode.State.QUARANTINED && entry.quarantineGate - now <= 0) {
            entry.onTrial = true;
            entry.state = entry.stateIfThere(now);
            if (entry.state == FarmNode.State.UP) {
                countSpeed(entry);
                notices.up(entry);
            }
        }
        int slots = entry.onTrial ? 1 : entry.slots();
        boolean wanted = entry.state == FarmNode.State.UP && !entry.left && entry.reserved < slots;
        long opensIn = Math.max(
                Math.max(entry.slotGate, entry.throttleGate) - now,
                entry.state == FarmNode.State.QUARANTINED ? entry.quarantineGate - now : 0);
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

    private void countSpeed(NodeEntry entry) {
        double now = entry.state == FarmNode.State.UP && !entry.left ? entry.speed.factor() * entry.slots() : 0;
        totalSpeed += now - entry.countedSpeed;
        entry.countedSpeed = now;
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }

    private long gate(@Nullable Duration retryAfter, Duration otherwise) {
        Duration wait = retryAfter == null ? otherwise : retryAfter;
        return loop.time().nanos() + (wait.compareTo(LONGEST_GATE) > 0 ? LONGEST_GATE : wait).toNanos();
    }
}
