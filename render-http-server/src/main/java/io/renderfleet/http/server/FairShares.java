package io.renderfleet.http.server;

import java.util.HashMap;
import java.util.Map;

/**
 * Places of which one client gets three quarters at most, so that there is always one for somebody else. A client is who it has shown
 * to be, else where it calls from. Thread-safe.
 */
final class FairShares {
    private final int places;
    private final int share;
    private final Map<String, Integer> taken = new HashMap<>();
    private int all;

    FairShares(int places) {
        this(places, shareOf(places));
    }

    private FairShares(int places, int share) {
        this.places = places;
        this.share = share;
    }

    /** Shares of places that something else counts. */
    static FairShares ofPlacesCountedElsewhere(int places) {
        return new FairShares(Integer.MAX_VALUE, shareOf(places));
    }

    private static int shareOf(int places) {
        return Math.max(1, (int) Math.ceil(places * 0.75));
    }

    /** Who shares with whom. */
    static String clientOf(Call call) {
        Caller.Credential shown = call.caller().credential();
        return shown != null ? "token " + shown.id() : "address " + call.client();
    }

    synchronized boolean take(String client) {
        int has = taken.getOrDefault(client, 0);
        if (all >= places || has >= share) {
            return false;
        }
        taken.put(client, has + 1);
        all++;
        return true;
    }

    synchronized void giveBack(String client) {
        Integer has = taken.remove(client);
        if (has == null) {
            throw new IllegalStateException(client + " has no place to give back");
        }
        if (has > 1) {
            taken.put(client, has - 1);
        }
        all--;
    }

    /** How many places one client may have. */
    int share() {
        return share;
    }
}
