package io.renderfleet.core.engine.node;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that can take a batch now, the fastest first; and the same apart by what jobs require, so that a node with
 * rare labels is found among thousands without looking at the others. Belongs to the loop.
 */
final class FreeNodes {
    /** Sets for more requirements than these are made anew when they are needed. */
    private static final int MOST_SORTS = 64;

    private static final Comparator<NodeEntry> FASTEST_FIRST = FreeNodes::order;

    private final TreeSet<NodeEntry> all = new TreeSet<>(FASTEST_FIRST);
    private final Map<Requirement, TreeSet<NodeEntry>> byNeeds = new LinkedHashMap<>(16, 0.75f, true);

    private static int order(NodeEntry one, NodeEntry other) {
        int bySpeed = Double.compare(other.gates.rank(), one.gates.rank());
        return bySpeed != 0 ? bySpeed : Integer.compare(one.number, other.number);
    }

    void add(NodeEntry entry) {
        all.add(entry);
        byNeeds.forEach((needs, nodes) -> {
            if (entry.satisfies(needs)) {
                nodes.add(entry);
            }
        });
    }

    /** Takes a node out, which still has the speed with which it was added. */
    boolean remove(NodeEntry entry) {
        byNeeds.values().forEach(nodes -> nodes.remove(entry));
        return all.remove(entry);
    }

    @Nullable NodeEntry first() {
        return all.isEmpty() ? null : all.first();
    }

    @Nullable NodeEntry after(NodeEntry entry) {
        return all.higher(entry);
    }

    /** The fastest that has all that one of the sorts requires. */
    @Nullable NodeEntry first(Set<Requirement> sorts) {
        NodeEntry best = null;
        for (Requirement needs : sorts) {
            NavigableSet<NodeEntry> nodes = with(needs);
            best = faster(best, nodes.isEmpty() ? null : nodes.first());
        }
        return best;
    }

    /** The next slower one that has all that one of the sorts requires. */
    @Nullable NodeEntry after(NodeEntry entry, Set<Requirement> sorts) {
        NodeEntry best = null;
        for (Requirement needs : sorts) {
            best = faster(best, with(needs).higher(entry));
        }
        return best;
    }

    private static @Nullable NodeEntry faster(@Nullable NodeEntry one, @Nullable NodeEntry other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return order(one, other) <= 0 ? one : other;
    }

    private NavigableSet<NodeEntry> with(Requirement needs) {
        TreeSet<NodeEntry> nodes = byNeeds.get(needs);
        if (nodes == null) {
            nodes = new TreeSet<>(FASTEST_FIRST);
            for (NodeEntry entry : all) {
                if (entry.satisfies(needs)) {
                    nodes.add(entry);
                }
            }
            byNeeds.put(needs, nodes);
            if (byNeeds.size() > MOST_SORTS) {
                byNeeds.remove(byNeeds.keySet().iterator().next());
            }
        }
        return nodes;
    }
}
