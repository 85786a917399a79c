package io.renderfleet.orchestrator.nodekey;

import io.renderfleet.core.model.NodeId;
import java.net.URI;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How to get into a node that has registered.
 *
 * @param id which node
 * @param url where it is
 * @param key what it wants; null where it wants nothing, or that is not known
 * @param seen the day on which it last registered or renewed, in UTC
 * @param removed whether an operator has removed it since: it is called as before, and its key lets nobody in
 */
record KnownNode(NodeId id, URI url, @Nullable String key, LocalDate seen, boolean removed) {
    private static final String REMOVED = "removed";
    private static final String THERE = "there";

    KnownNode withoutKey() {
        return new KnownNode(id, url, null, seen, removed);
    }

    KnownNode asRemoved() {
        return new KnownNode(id, url, key, seen, true);
    }

    /** As it is kept, in four words. */
    String text() {
        return url + " " + seen + " " + (removed ? REMOVED : THERE) + " " + (key == null ? "" : key);
    }

    static Optional<KnownNode> parse(NodeId id, String text) {
        String[] words = text.split(" ", -1);
        if (words.length != 4) {
            return Optional.empty();
        }
        try {
            String key = words[3].isEmpty() ? null : words[3];
            boolean removed = words[2].equals(REMOVED);
            return Optional.of(new KnownNode(id, URI.create(words[0]), key, LocalDate.parse(words[1]), removed));
        } catch (IllegalArgumentException | DateTimeException wrong) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "node " + id + " at " + url;
    }
}
