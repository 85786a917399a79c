package io.renderfleet.core.engine;

/** Whether frames of a batch may go to other nodes. Changed by {@link Balancer}; the pool that has it by {@link BatchFollower}. */
final class Rebalancing {
    private enum Request {
        NONE,
        TO_SHORTEN,
        TO_GIVE_BACK
    }

    private Request request = Request.NONE;
    private boolean waiting;
    private boolean withdrawn;
    private boolean unshortenable;
    private boolean maybeShortened;

    /** Whether a pool has it and has not begun. */
    void waits(boolean value) {
        waiting = value;
    }

    boolean isWaiting() {
        return waiting;
    }

    /** Its node is asked to give frames up; until it answers, it may have done so without anybody here having heard of it. */
    void asksToShorten() {
        request = Request.TO_SHORTEN;
        maybeShortened = true;
    }

    /** A pool is asked to give it back. */
    void asksToGiveBack() {
        request = Request.TO_GIVE_BACK;
        withdrawn = true;
    }

    boolean isAsking() {
        return request != Request.NONE;
    }

    void shortened() {
        request = Request.NONE;
        maybeShortened = false;
    }

    void notShortened() {
        request = Request.NONE;
        unshortenable = true;
    }

    void answered() {
        request = Request.NONE;
    }

    /** The coordinator before may have asked. */
    void mayHaveBeenShortened() {
        maybeShortened = true;
    }

    /** Whether a pool was asked to give it back. */
    boolean isWithdrawn() {
        return withdrawn;
    }

    boolean isUnshortenable() {
        return unshortenable;
    }

    boolean isMaybeShortened() {
        return maybeShortened;
    }
}
