package io.renderfleet.http.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.eclipse.jetty.io.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has which of a server's connections. An address gets {@link FairShares a fair share}; where it has that already, its new connection
 * takes the place of those of its own that only wait. Once less than an eighth of all places is free, those who have most lose connections that
 * only wait, until there is room again. A connection whose request is being answered is never closed for another. Thread-safe.
 */
final class ConnectionPlaces {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPlaces.class);
    private static final long PAUSE_BETWEEN_WARNINGS = 60_000_000_000L;

    private final int count;
    private final FairShares shares;

    /** Of each socket that has a place, where it comes from. */
    private final Map<Connection, String> places = new ConcurrentHashMap<>();

    private final AtomicLong warned = new AtomicLong(System.nanoTime() - PAUSE_BETWEEN_WARNINGS);

    ConnectionPlaces(int count) {
        this.count = count;
        this.shares = new FairShares(count);
    }

    /**
     * A connection that asks nothing just now.
     *
     * @param socket the connection that has the place
     * @param hasAsked whether a request of it was answered before
     * @param nanos for how long it has been so
     */
    record Waiting(Connection socket, boolean hasAsked, long nanos) {
        /** First those of which no request has ever come, and of these and of the others those that wait longest. */
        private static final Comparator<Waiting> FIRST_TO_GO =
                Comparator.comparing(Waiting::hasAsked).thenComparing(Waiting::nanos, Comparator.reverseOrder());
    }

    /**
     * Gives a new socket a place, if its address may have one.
     *
     * @param address where it comes from
     * @param waiting all connections that wait; asked only if somebody has to go
     * @return whether it may stay
     */
    boolean admit(Connection socket, String address, Supplier<List<Waiting>> waiting) {
        if (!shares.take(address)) {
            dismiss(only(address, waiting.get()), atOnce());
            if (!shares.take(address)) {
                return false;
            }
        }
        places.put(socket, address);
        int missing = count / 8 - shares.free();
        if (missing > 0) {
            List<Waiting> others = waiting.get().stream()
                    .filter(one -> !one.socket().equals(socket))
                    .toList();
            warn(dismiss(others, missing + atOnce() - 1));
        }
        return true;
    }

    /** Looking at all connections costs time, so it has to make room for several. */
    private int atOnce() {
        return Math.max(1, count / 32);
    }

    private List<Waiting> only(String address, List<Waiting> waiting) {
        return waiting.stream()
                .filter(one -> address.equals(places.get(one.socket())))
                .toList();
    }

    /** Closes so many connections, each time one of the address that has most, and returns how many. */
    private int dismiss(List<Waiting> waiting, int most) {
        Map<String, Deque<Waiting>> byAddress = new HashMap<>();
        List<Waiting> sorted = new ArrayList<>(waiting);
        sorted.sort(Waiting.FIRST_TO_GO);
        for (Waiting one : sorted) {
            String address = places.get(one.socket());
            if (address != null) {
                byAddress.computeIfAbsent(address, any -> new ArrayDeque<>()).add(one);
            }
        }
        PriorityQueue<Holder> holders = new PriorityQueue<>();
        byAddress.forEach((address, theirs) -> holders.add(new Holder(address, shares.of(address), theirs)));
        int gone = 0;
        while (gone < most && !holders.isEmpty()) {
            Holder greediest = holders.remove();
            Connection socket = greediest.waiting.remove().socket();
            if (leave(socket)) {
                socket.getEndPoint().close();
                gone++;
            }
            if (!greediest.waiting.isEmpty()) {
                holders.add(new Holder(greediest.address, shares.of(greediest.address), greediest.waiting));
            }
        }
        return gone;
    }

    /**
     * Frees the place of a socket.
     *
     * @return whether it had one
     */
    boolean leave(Connection socket) {
        String address = places.remove(socket);
        if (address == null) {
            return false;
        }
        shares.giveBack(address);
        return true;
    }

    private void warn(int gone) {
        long now = System.nanoTime();
        long last = warned.get();
        if (gone > 0 && now - last >= PAUSE_BETWEEN_WARNINGS && warned.compareAndSet(last, now)) {
            LOG.warn(
                    "Of {} connections less than an eighth is free: those that ask nothing are closed,"
                            + " first of addresses that have most",
                    count);
        }
    }

    /** An address, with the connections that it can lose. */
    private record Holder(String address, int has, Deque<Waiting> waiting) implements Comparable<Holder> {
        @Override
        public int compareTo(Holder other) {
            int most = Integer.compare(other.has, has);
            return most != 0 ? most : Waiting.FIRST_TO_GO.compare(waiting.element(), other.waiting.element());
        }
    }
}
