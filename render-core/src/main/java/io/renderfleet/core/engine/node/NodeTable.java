package io.renderfleet.core.engine.node;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.policy.HealthPolicy;
import io.renderfleet.core.spi.DescribeOutcome;
import io.renderfleet.core.spi.RenderTransport;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nodes as the engine works on them: which there are, with {@link #slots()} that say which can take a batch, and
 * {@link #health()} that says which are to be left alone.
 *
 * <p>Belongs to the loop: every call is made on it. Nodes that nobody talks to are asked from time to time what they are.
 */
public final class NodeTable {
    private final Loop loop;
    private final Roster roster = new Roster();
    private final NodeNotices notices;
    private final NodeSlots slots;
    private final Prober prober;
    private final NodeHealth health;
    private final Enrolment enrolment;

    /**
     * Makes an empty table.
     *
     * @param loop the engine's loop
     * @param transport how to ask nodes
     * @param policy when to ask, and whom to leave alone
     * @param random spreads the probes
     * @param listener hears what becomes of nodes
     * @param slotListener hears what becomes of their slots
     */
    public NodeTable(
            Loop loop,
            RenderTransport transport,
            HealthPolicy policy,
            RandomGenerator random,
            Consumer<FarmNotice> listener,
            SlotListener slotListener) {
        this.loop = loop;
        notices = new NodeNotices(loop, listener);
        slots = new NodeSlots(loop, roster, notices, slotListener);
        prober = new Prober(loop, transport, policy, random, this::heard);
        health = new NodeHealth(loop, policy, slots, prober, notices);
        enrolment = new Enrolment(loop, roster, slots, notices);
    }

    /**
     * Sets how fast nodes were when they were last here; heard before any is added.
     *
     * @param earlier gives the speed of the node at an address, or null
     */
    public void remembers(Function<URI, @Nullable LogEstimate> earlier) {
        roster.remembers(earlier);
    }

    /**
     * Returns the nodes' slots.
     *
     * @return which nodes can take a batch
     */
    public NodeSlots slots() {
        return slots;
    }

    /**
     * Returns the nodes' health.
     *
     * @return where to report what was heard of a node
     */
    public NodeHealth health() {
        return health;
    }

    /**
     * Adds a target and asks it what it is; one that had left comes back.
     *
     * @param target the target
     * @return its entry
     */
    public NodeEntry add(Target target) {
        NodeEntry known = roster.at(target.address());
        if (known == null) {
            NodeEntry entry = roster.make(target, loop.time().nanos());
            prober.ask(entry);
            return entry;
        }
        if (!known.target().equals(target)) {
            known.retarget(target);
            slots.refresh(known);
        }
        if (known.hasLeft()) {
            known.comeBack();
            slots.setState(known, FarmNode.State.UNKNOWN);
            prober.ask(known);
        }
        return known;
    }

    /**
     * Finds or makes the entry of a target that still has batches. A target that is not listed gets no new work, and is forgotten once
     * its batches have ended.
     *
     * @param target the target
     * @return its entry
     */
    public NodeEntry track(Target target) {
        NodeEntry known = roster.at(target.address());
        if (known != null) {
            return known;
        }
        NodeEntry entry = roster.make(target, loop.time().nanos());
        entry.leave();
        prober.ask(entry);
        return entry;
    }

    /**
     * Returns whether a target may get work as far as the list goes.
     *
     * @param address where it is
     * @return false for one that was never added, and for one that has left
     */
    public boolean isListed(URI address) {
        NodeEntry entry = roster.at(address);
        return entry != null && !entry.hasLeft();
    }

    /**
     * Asks a node what it is, out of turn.
     *
     * @param entry the node
     */
    public void ask(NodeEntry entry) {
        prober.ask(entry);
    }

    /**
     * Takes a node off the list: it gets no new work and is forgotten once its batches have ended.
     *
     * @param entry the node
     */
    public void remove(NodeEntry entry) {
        if (!entry.hasLeft()) {
            entry.leave();
            slots.refresh(entry);
            notices.left(entry);
        }
        roster.forgetIfDone(entry);
    }

    /**
     * Drains a node, so that it finishes what it has and gets no more, or takes that back. Somebody who lets a node take work again has
     * looked at it, so that ends its quarantine too.
     *
     * @param entry the node
     * @param drain true to drain
     */
    public void drain(NodeEntry entry, boolean drain) {
        entry.askToDrain(drain);
        if (drain) {
            health.draining(entry);
            return;
        }
        boolean wasQuarantined = entry.state() == FarmNode.State.QUARANTINED;
        entry.forgive(loop.time().nanos());
        if (entry.state() == FarmNode.State.DRAINING || wasQuarantined) {
            slots.setState(entry, entry.stateIfThere(loop.time().nanos()));
        }
        if (wasQuarantined && entry.state() == FarmNode.State.UP) {
            notices.up(entry);
        }
    }

    /**
     * Finds a node.
     *
     * @param address where it is
     * @return null if it is not listed
     */
    public @Nullable NodeEntry at(URI address) {
        return roster.at(address);
    }

    /**
     * Finds a node.
     *
     * @param id who it is
     * @return null if no such node has answered
     */
    public @Nullable NodeEntry byId(NodeId id) {
        return roster.of(id);
    }

    /**
     * Lists all nodes.
     *
     * @return in the order in which they were added
     */
    public Collection<NodeEntry> all() {
        return roster.all();
    }

    /**
     * Shows a node as it stands now.
     *
     * @param entry which, or null
     * @return empty for null
     */
    public Optional<FarmNode> snapshot(@Nullable NodeEntry entry) {
        return entry == null ? Optional.empty() : Optional.of(entry.snapshot());
    }

    /**
     * Lists all nodes for people.
     *
     * @return a snapshot
     */
    public List<FarmNode> snapshot() {
        return roster.all().stream().map(NodeEntry::snapshot).toList();
    }

    /** Asks no more nodes. */
    public void stop() {
        prober.stop();
        slots.stop();
        roster.all().forEach(NodeEntry::cancelTimers);
    }

    /** What follows from asking a node what it is. */
    private DescribeOutcome.Cases descriptions(NodeEntry entry) {
        return new DescribeOutcome.Cases() {
            @Override
            public void onDescribed(DescribeOutcome.Described it) {
                enrolment.described(entry, it.node());
            }

            @Override
            public void onAnonymous(DescribeOutcome.Anonymous it) {
                enrolment.anonymous(entry);
            }

            @Override
            public void onRefused(DescribeOutcome.Refused it) {
                missed(entry, it.cause());
            }

            @Override
            public void onThrottled(DescribeOutcome.Throttled it) {
                slots.throttled(entry, it.retryAfter());
            }

            @Override
            public void onUnreachable(DescribeOutcome.Unreachable it) {
                missed(entry, it.cause());
            }
        };
    }

    private void heard(NodeEntry entry, DescribeOutcome outcome) {
        outcome.match(descriptions(entry));
        if (!entry.hasLeft()) {
            prober.askInTurn(entry);
        } else if (entry.description() == null && roster.has(entry)) {
            prober.askLater(entry);
        }
    }

    private void missed(NodeEntry entry, String cause) {
        if (!entry.hasLeft()) {
            health.missed(entry, cause);
        }
    }
}
