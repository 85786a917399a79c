package io.renderfleet.core.engine;

import io.renderfleet.core.spi.RemoteJob;
import org.jspecify.annotations.Nullable;

/** How a batch gets to its node. Changed by {@link Dispatcher}, and by {@link BatchFollower} once the node has it. */
final class Handover {
    private long sinceNanos;
    private @Nullable Long sentNanos;
    private int calls;
    private boolean calling;
    private @Nullable RemoteJob remote;

    Handover(long nowNanos) {
        this.sinceNanos = nowNanos;
    }

    /** It is about to be sent. */
    void calls(long nowNanos) {
        if (calls++ == 0) {
            sinceNanos = nowNanos;
            sentNanos = nowNanos;
        }
        calling = true;
    }

    /** The coordinator before may have sent it. */
    void mayHaveBeenSent() {
        calls = 1;
    }

    void answered() {
        calling = false;
    }

    /** The node lacked the scene and has it now: only from here on it is slow to answer. */
    void sceneSent(long nowNanos) {
        sinceNanos = nowNanos;
    }

    void taken(RemoteJob by) {
        remote = by;
    }

    boolean isCalling() {
        return calling;
    }

    /** How often it was sent. */
    int calls() {
        return calls;
    }

    /** Since when it is on its way, or on the node. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** When this coordinator sent it for the first time; null where it has not. */
    @Nullable Long sentNanos() {
        return sentNanos;
    }

    /** Where it is rendered; null before a node has taken it. */
    @Nullable RemoteJob remote() {
        return remote;
    }
}
