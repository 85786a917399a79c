package io.renderfleet.store.jdbc;

import io.renderfleet.core.spi.StoreFencedException;
import org.jspecify.annotations.Nullable;

/** One opening of the store: who leads, how far it has written, and whether it still leads. Thread-safe as marked. */
final class Session {
    final LeaderTerm term;

    /** The sequence number that comes next. Belongs to the writer's thread. */
    long nextSeq;

    private volatile @Nullable StoreFencedException fenced;

    Session(LeaderTerm term) {
        this.term = term;
        this.nextSeq = term.firstSeq();
    }

    /** Why nothing can be written any more; null while this one leads. Any thread. */
    @Nullable StoreFencedException fenced() {
        return fenced;
    }

    /**
     * Another one leads. Any thread.
     *
     * @return whether that is news
     */
    synchronized boolean fence(Leader leader) {
        if (fenced != null) {
            return false;
        }
        String who = leader.holder().isEmpty() ? "another coordinator" : leader.holder();
        fenced = new StoreFencedException(
                who + " has taken over with epoch " + leader.epoch() + "; this one had " + term.epoch());
        return true;
    }

    /** Fails once another one leads. */
    void requireLead() {
        StoreFencedException problem = fenced;
        if (problem != null) {
            throw problem;
        }
    }
}
