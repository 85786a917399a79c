package io.renderfleet.core.engine.node;

import io.renderfleet.core.loop.Loop;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import java.net.URI;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What follows from the description that a node gives of itself: who it is, and whether it gets work. Two addresses of one node are one
 * node. Belongs to the loop.
 *
 * @param loop whose time it is
 * @param roster where it is entered
 * @param slots where it is offered
 * @param notices hears of it
 */
record Enrolment(Loop loop, Roster roster, NodeSlots slots, NodeNotices notices) {

    /** A node without a name, which is known only by its address. */
    void anonymous(NodeEntry entry) {
        described(entry, NodeDescription.simplest(idFrom(entry.target().address())));
    }

    void described(NodeEntry entry, NodeDescription now) {
        if (entry.hasLeft()) {
            learn(entry, now);
        } else {
            enrol(entry, now);
        }
    }

    /** What a node that is only tracked can do: without that its frames could not be fetched. */
    private void learn(NodeEntry entry, NodeDescription now) {
        if (entry.description() == null && roster.has(entry)) {
            entry.describe(now);
            roster.claim(now.id(), entry);
        }
    }

    private void enrol(NodeEntry entry, NodeDescription now) {
        NodeDescription before = entry.description();
        boolean wasFree = slots.isFree(entry);
        slots.describe(entry, now);
        entry.contact.seen(loop.time());
        NodeEntry twin = roster.claim(now.id(), entry);
        if (before != null && !before.id().equals(now.id())) {
            roster.giveUp(before.id(), entry);
        }
        if (twin != null && twin != entry && isThere(twin)) {
            String same = "it is the same node as " + twin.target().address();
            notices.unusable(entry, same);
            entry.trouble(same);
            slots.setState(entry, FarmNode.State.DUPLICATE);
            return;
        }
        roster.takeOver(now.id(), entry);
        if (before != null && before.id().equals(now.id()) && !before.bootId().equals(now.bootId())) {
            entry.restarts();
            notices.restarted(entry, now.bootId());
        }
        FarmNode.State then = entry.state();
        slots.setState(entry, entry.stateIfThere(loop.time().nanos()));
        if (wasFree && slots.isFree(entry) && before != null && !suitsTheSame(before, now)) {
            slots.offer();
        }
        if (entry.state() == FarmNode.State.DRAINING && then != FarmNode.State.DRAINING) {
            notices.draining(entry);
        }
        if (entry.state() == FarmNode.State.UP && then != FarmNode.State.UP) {
            entry.trouble(null);
            notices.up(entry);
        }
    }

    /** Whether jobs that could not use a node before still cannot. */
    private static boolean suitsTheSame(NodeDescription before, NodeDescription now) {
        return before.labels().equals(now.labels())
                && before.engines().equals(now.engines())
                && before.memoryBytes() == now.memoryBytes()
                && before.capabilities().equals(now.capabilities());
    }

    /** A node that is out of reach at its old address may have moved to the new one. */
    private static boolean isThere(NodeEntry twin) {
        return twin.state() != FarmNode.State.LEFT
                && twin.state() != FarmNode.State.DOWN
                && twin.state() != FarmNode.State.SUSPECT;
    }

    private static NodeId idFrom(URI address) {
        String id = Arrays.stream(("at-" + address).split("[^A-Za-z0-9]+", -1))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("-"));
        return new NodeId(id.length() > 100 ? id.substring(0, 100) : id);
    }
}
