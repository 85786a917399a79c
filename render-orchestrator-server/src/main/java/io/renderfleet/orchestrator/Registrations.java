package io.renderfleet.orchestrator;

import io.renderfleet.core.NodeRegistry;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.orchestrator.nodekey.NodeKeys;
import io.renderfleet.transport.http.wire.NodeOffer;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that have registered themselves, each for as long as its lease lasts.
 *
 * <p>What a node can do is never taken from what it says here: the registry asks it at its URL. A node whose lease has run out is taken
 * off the list, which means that it gets no new work and is still tracked. Nodes that are listed for another reason stay listed. Thread-safe.
 */
final class Registrations {
    private static final Logger log = LoggerFactory.getLogger(Registrations.class);
    private static final int MOST = 20_000;

    private final NodeRegistry nodes;
    private final NodeKeys keys;
    private final Duration lease;
    private final LongSupplier nanos;
    private final Map<NodeId, Held> leases = new HashMap<>();
    private final Map<URI, NodeId> byUrl = new HashMap<>();

    /**
     * @param nodes where nodes are listed
     * @param keys how to get into them
     * @param lease for how long a node counts as there
     * @param nanos a clock that only goes forward
     */
    Registrations(NodeRegistry nodes, NodeKeys keys, Duration lease, LongSupplier nanos) {
        this.nodes = nodes;
        this.keys = keys;
        this.lease = lease;
        this.nanos = nanos;
    }

    /**
     * A lease.
     *
     * @param offer what the node said last
     * @param ours whether the node is listed because of this
     * @param until when it runs out
     */
    private record Held(NodeOffer offer, boolean ours, long until) {}

    /** What became of an offer. */
    enum Outcome {
        REGISTERED,
        RENEWED,
        ID_TAKEN,
        KEY_TAKEN,
        FULL
    }

    /**
     * What became of an offer, and of the key in it.
     *
     * @param outcome of the offer
     * @param kept completed once the key is kept, at once where there is nothing to keep; exceptionally with the store's error
     */
    record Result(Outcome outcome, CompletionStage<Void> kept) {
        static Result of(Outcome outcome) {
            return new Result(outcome, CompletableFuture.completedStage(null));
        }
    }

    Duration lease() {
        return lease;
    }

    /**
     * Registers a node, or renews its lease.
     *
     * @param self whether it is sure that the node itself says this: a token that anybody may register with proves nothing
     * @param addresses the only ones to connect to, none for any; null for those from before
     */
    synchronized Result register(NodeOffer offer, boolean self, @Nullable List<InetAddress> addresses) {
        NodeId id = offer.node().id();
        Held held = leases.get(id);
        if (held == null && (leases.size() >= MOST || !keys.hasRoomFor(id))) {
            return Result.of(Outcome.FULL);
        }
        boolean moved = held != null && !held.offer.url().equals(offer.url());
        if (held != null && !self && isThere(held.offer.url()) && keys.contradicts(id, offer.key())) {
            return Result.of(moved ? Outcome.ID_TAKEN : Outcome.KEY_TAKEN);
        }
        if (held != null && moved) {
            if (isThere(held.offer.url())) {
                return Result.of(Outcome.ID_TAKEN);
            }
            drop(id, held);
            held = null;
        }
        // The registry asks the node at once, and needs the key for that.
        CompletionStage<Void> kept = keys.take(id, offer.url(), offer.key(), addresses);
        boolean ours = held != null ? renewed(held, offer) : listed(id, offer.url());
        leases.put(id, new Held(offer, ours, nanos.getAsLong() + lease.toNanos()));
        byUrl.put(offer.url(), id);
        if (held == null) {
            log.info("node {} has registered at {}", id, offer.url());
            return new Result(Outcome.REGISTERED, kept);
        }
        return new Result(Outcome.RENEWED, kept);
    }

    private boolean listed(NodeId id, URI url) {
        NodeId other = byUrl.get(url);
        Held others = other == null ? null : leases.remove(other);
        if (others != null) {
            log.info("node {} is now at {}, where node {} was", id, url, other);
        }
        boolean before = others != null && others.ours;
        boolean added = nodes.add(url);
        if (!added) {
            nodes.ask(url);
        }
        return added || before;
    }

    /** Whether the node is still listed because of its lease; it is asked what it is where it has changed. */
    private boolean renewed(Held held, NodeOffer offer) {
        URI url = offer.url();
        boolean added = nodes.add(url);
        if (!added && hasChanged(held.offer, offer)) {
            nodes.ask(url);
        }
        return added || held.ours;
    }

    private static boolean hasChanged(NodeOffer before, NodeOffer now) {
        return !Objects.equals(before.key(), now.key())
                || !before.node().bootId().equals(now.node().bootId())
                || before.node().slots() != now.node().slots()
                || before.node().draining() != now.node().draining()
                || !before.node().labels().equals(now.node().labels());
    }

    private boolean isThere(URI url) {
        return nodes.at(url)
                .map(FarmNode::state)
                .filter(state -> state == FarmNode.State.UP
                        || state == FarmNode.State.DRAINING
                        || state == FarmNode.State.QUARANTINED)
                .isPresent();
    }

    /** Whether somebody has registered there before and answers, and need not be checked again. */
    synchronized boolean isKnown(NodeOffer offer) {
        Held held = leases.get(offer.node().id());
        return held != null && held.offer.url().equals(offer.url()) && isThere(offer.url());
    }

    /** How a registered node stands. */
    String stateOf(NodeOffer offer) {
        return nodes.at(offer.url())
                .map(FarmNode::state)
                .orElse(FarmNode.State.UNKNOWN)
                .wireName();
    }

    /** Ends a registration; false if there is none. */
    synchronized boolean leave(NodeId id) {
        Held held = leases.get(id);
        if (held == null) {
            return false;
        }
        log.info("node {} leaves", id);
        drop(id, held);
        return true;
    }

    /** Ends the registrations whose leases have run out. */
    synchronized void expire() {
        long now = nanos.getAsLong();
        List<NodeId> gone = new ArrayList<>();
        leases.forEach((id, held) -> {
            if (held.until - now <= 0) {
                gone.add(id);
            }
        });
        for (NodeId id : gone) {
            log.warn("node {} has not been heard of for {} s: it gets no new work", id, lease.toSeconds());
            drop(id, Objects.requireNonNull(leases.get(id)));
        }
    }

    private void drop(NodeId id, Held held) {
        leases.remove(id);
        byUrl.remove(held.offer.url(), id);
        if (held.ours) {
            nodes.remove(held.offer.url());
        }
    }
}
