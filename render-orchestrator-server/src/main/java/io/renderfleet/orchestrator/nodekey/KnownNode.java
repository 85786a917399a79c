package io.renderfleet.orchestrator.nodekey;

import io.renderfleet.core.model.NodeId;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How to get into a node that has registered.
 *
 * @param id which node
 * @param url where it is
 * @param key what it wants; null where it wants nothing, or that is not known
 * @param seen the day on which it last registered or renewed, in UTC
 * @param addresses the only ones to connect to; none for whatever the URL's host leads to
 * @param removed whether an operator has removed it since: it is called as before, and its key lets nobody in
 */
record KnownNode(
        NodeId id, URI url, @Nullable String key, LocalDate seen, List<InetAddress> addresses, boolean removed) {
    private static final String ANY = "-";
    private static final String REMOVED = "removed";
    private static final String THERE = "there";

    KnownNode {
        addresses = List.copyOf(addresses);
    }

    KnownNode withoutKey() {
        return new KnownNode(id, url, null, seen, addresses, removed);
    }

    KnownNode asRemoved() {
        return new KnownNode(id, url, key, seen, addresses, true);
    }

    /** As it is kept, in five words. */
    String text() {
        String told = addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(","));
        return String.join(
                " ",
                url.toString(),
                seen.toString(),
                removed ? REMOVED : THERE,
                told.isEmpty() ? ANY : told,
                key == null ? "" : key);
    }

    static Optional<KnownNode> parse(NodeId id, String text) {
        String[] words = text.split(" ", -1);
        if (words.length != 5) {
            return Optional.empty();
        }
        try {
            String key = words[4].isEmpty() ? null : words[4];
            boolean removed = words[2].equals(REMOVED);
            List<InetAddress> addresses = new ArrayList<>();
            for (String address : words[3].equals(ANY) ? List.<String>of() : List.of(words[3].split(",", -1))) {
                addresses.add(InetAddress.getByName(address));
            }
            return Optional.of(
                    new KnownNode(id, URI.create(words[0]), key, LocalDate.parse(words[1]), addresses, removed));
        } catch (IllegalArgumentException | DateTimeException | UnknownHostException wrong) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "node " + id + " at " + url;
    }
}
