package io.renderfleet.core.engine;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.model.Failure;
import java.time.Duration;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The way of a batch's frames from its node to their folder. The listing is changed by {@link Collector}, what is on its way by {@link
 * FrameFetcher}, and what is to follow by {@link BatchCloser}.
 */
final class FrameCollection {
    private enum Listing {
        /** Nobody asks. */
        IDLE,
        /** The node was asked. */
        ASKED,
        /** The node was asked, and more has been finished since. */
        ASKED_AND_MORE,
        /** All is listed that ever will be. */
        WHOLE
    }

    private Listing listing = Listing.IDLE;
    private boolean unlistable;
    private int misses;
    private int throttles;
    private final TreeSet<Integer> fetching = new TreeSet<>();
    private int publishing;
    private Duration rendered = Duration.ZERO;
    private @Nullable Failure fetchFailure;
    private @Nullable PendingEnd pendingEnd;

    /**
     * What is to happen to the batch once the files that are being published are in the books.
     *
     * @param outcome how it ends; null where that is still to be decided, from the failure
     * @param failure why, or null
     */
    record PendingEnd(
            @Nullable BatchOutcome outcome, @Nullable Failure failure) {}

    // The listing.

    /** Whether the node is to be asked now; if it is being asked already, it will be asked again. */
    boolean beginsListing() {
        if (listing != Listing.IDLE) {
            listing = listing == Listing.WHOLE ? Listing.WHOLE : Listing.ASKED_AND_MORE;
            return false;
        }
        listing = Listing.ASKED;
        return true;
    }

    /** The node has answered, or not. Whether it is to be asked again at once. */
    boolean endsListing() {
        boolean again = listing == Listing.ASKED_AND_MORE;
        listing = listing == Listing.WHOLE ? Listing.WHOLE : Listing.IDLE;
        return again;
    }

    void becomesWhole() {
        listing = Listing.WHOLE;
    }

    boolean isWhole() {
        return listing == Listing.WHOLE;
    }

    void becomesUnlistable() {
        unlistable = true;
    }

    /** Whether its node lists no frames. */
    boolean isUnlistable() {
        return unlistable;
    }

    void listed() {
        misses = 0;
        throttles = 0;
    }

    /** Counts a listing that brought no answer: the how many in a row this is. */
    int missed() {
        return ++misses;
    }

    /** Counts a listing that the node put off. */
    int putOff() {
        return ++throttles;
    }

    // What is on its way.

    /** Whether the frame was not on its way already. */
    boolean fetches(int frame) {
        return fetching.add(frame);
    }

    /** The frame is no longer on its way, for better or worse. */
    void dropped(int frame) {
        fetching.remove(frame);
    }

    boolean isFetching() {
        return !fetching.isEmpty();
    }

    void beginsPublishing() {
        publishing++;
    }

    void endsPublishing() {
        publishing--;
    }

    /** Whether files of it are being published, so that its books are not right yet. */
    boolean isPublishing() {
        return publishing > 0;
    }

    void cannotFetch(Failure why) {
        fetchFailure = why;
    }

    @Nullable Failure fetchFailure() {
        return fetchFailure;
    }

    void rendered(Duration frame) {
        rendered = rendered.plus(frame);
    }

    /** What its accepted frames took together. */
    Duration rendered() {
        return rendered;
    }

    // What is to follow.

    /** The first reason stands. */
    void endsAfterwards(PendingEnd end) {
        pendingEnd = pendingEnd == null ? end : pendingEnd;
    }

    /** Gives what was to follow, once. */
    @Nullable PendingEnd takePendingEnd() {
        PendingEnd end = pendingEnd;
        pendingEnd = null;
        return end;
    }
}
