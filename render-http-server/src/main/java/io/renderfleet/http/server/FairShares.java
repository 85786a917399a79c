package io.renderfleet.http.server;

import java.util.HashMap;
import java.util.Map;

/**
 * Places of which a client may have three times as many as are free. So one client alone gets three quarters of them, two get three
 * sevenths each, and however many there are, the next one finds a place: shares fall as the free part shrinks (dynamic thresholds, Choudhury
 * and Hahne 1998). A client is who it has shown to be, else where it calls from. Thread-safe.
 */
final class FairShares {
    private static final int TIMES_THE_FREE = 3;

    private final int places;
    private final Map<String, Integer> taken = new HashMap<>();
    private int all;

    FairShares(int places) {
        this.places = places;
    }

    /** Who shares with whom. */
    static String clientOf(Call call) {
        Caller.Credential shown = call.caller().credential();
        return shown != null ? "token " + shown.id() : "address " + call.clientNetwork();
    }

    synchronized boolean take(String client) {
        int has = taken.getOrDefault(client, 0);
        if (has >= TIMES_THE_FREE * free()) {
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

    synchronized int free() {
        return Math.max(0, places - all);
    }

    /** How many places a client has. */
    synchronized int of(String client) {
        return taken.getOrDefault(client, 0);
    }
}
