package io.renderfleet.transport.queue;

import org.jspecify.annotations.Nullable;

/** How the connection to the broker stands. Belongs to the loop of its owner. */
final class Connection {
    private @Nullable String trouble = "it is not connected yet";
    private long sinceNanos;

    void connected(long nowNanos) {
        trouble = null;
        sinceNanos = nowNanos;
    }

    void away(String cause) {
        trouble = cause;
    }

    /** Why the broker is away; null while it is there. */
    @Nullable String trouble() {
        return trouble;
    }

    boolean isAway() {
        return trouble != null;
    }

    /** How long something has been silent that was heard at a moment, leaving out when nobody could be heard. */
    long silentFor(long heardNanos, long nowNanos) {
        return isAway() ? 0 : nowNanos - (sinceNanos - heardNanos > 0 ? sinceNanos : heardNanos);
    }
}
