package io.renderfleet.core.track;

import io.renderfleet.core.loop.LoopTimer;
import io.renderfleet.core.spi.RemoteJob;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A remote job that is being watched by a {@link JobTracker}. Thread-safe. */
public final class Tracking {
    private final JobTracker tracker;
    private final RemoteJob remote;
    private final CompletableFuture<TrackingEnd> end = new CompletableFuture<>();
    final TrackingListener listener;
    final boolean canHold;
    private volatile @Nullable Duration longestHold;

    // The rest belongs to the tracker's loop.
    private boolean over;
    private boolean polling;
    private boolean pollAgain;
    private boolean progressWanted;
    private int polls;
    private int generation;
    private int misses;
    private boolean saidToBeLost;
    private @Nullable Long outOfReachSince;
    private @Nullable String etag;
    private @Nullable LoopTimer timer;

    Tracking(JobTracker tracker, RemoteJob remote, boolean canHold, TrackingListener listener) {
        this.tracker = tracker;
        this.remote = remote;
        this.canHold = canHold;
        this.listener = listener;
    }

    /**
     * Returns which job is watched.
     *
     * @return the job where it is rendered
     */
    public RemoteJob remote() {
        return remote;
    }

    /**
     * Returns the end.
     *
     * @return completed with how it ended; cancelled if the watching was stopped before
     */
    public CompletionStage<TrackingEnd> end() {
        return end.minimalCompletionStage();
    }

    /** Watches no more. The remote job goes on. */
    public void stop() {
        tracker.stop(this);
    }

    /** Polls as soon as possible instead of when it would be due. */
    public void pollNow() {
        tracker.pollNow(this);
    }

    /**
     * Says whether somebody looks at progress: if so, a target that holds its answers is asked to answer when progress changes, else
     * only at the end.
     *
     * @param wanted true from the next poll on
     */
    public void progressWanted(boolean wanted) {
        tracker.progressWanted(this, wanted);
    }

    /**
     * Says how long the target may hold an answer, where that is shorter than the policy says.
     *
     * @param hold positive; null for what the policy says. It counts from the next poll on
     */
    public void heldAtMost(@Nullable Duration hold) {
        longestHold = hold;
    }

    /** How long a poll may be held, for which the policy grants so much. */
    Duration hold(Duration granted) {
        Duration longest = longestHold;
        return longest == null || longest.compareTo(granted) > 0 ? granted : longest;
    }

    boolean isOver() {
        return over;
    }

    boolean isPolling() {
        return polling;
    }

    /** Begins a poll. Gives its generation, by which its answer is known. */
    int beginsPoll() {
        polling = true;
        polls++;
        return generation;
    }

    void endsPoll() {
        polling = false;
    }

    /** What is said to a poll of an older generation does not count, unless it is the end. */
    boolean isCurrent(int generation) {
        return this.generation == generation;
    }

    /** The poll under way is left alone; another one may begin beside it. */
    void supersedesPoll() {
        generation++;
        polling = false;
    }

    int polls() {
        return polls;
    }

    void pollsAgain() {
        pollAgain = true;
    }

    /** Whether the next poll is due at once; asking takes that back. */
    boolean takesPollAgain() {
        boolean atOnce = pollAgain;
        pollAgain = false;
        return atOnce;
    }

    boolean wantsProgress() {
        return progressWanted;
    }

    /** True if that is news. */
    boolean wantsProgress(boolean wanted) {
        boolean begins = wanted && !progressWanted;
        progressWanted = wanted;
        return begins;
    }

    /** The last state that was seen; null where none was, and where nobody looks at progress. */
    @Nullable String knownState() {
        return progressWanted ? etag : null;
    }

    void knows(@Nullable String state) {
        etag = state;
    }

    void answered() {
        outOfReachSince = null;
        misses = 0;
        saidToBeLost = false;
    }

    /** Gives for how many nanoseconds the target has been out of reach. */
    /**
     * The target says that it does not know the job. True if that is to be believed: one that does not say who it is might not be the one
     * that took the job, so it is asked once more.
     */
    boolean isLost() {
        boolean again = saidToBeLost;
        saidToBeLost = true;
        return again || remote.node() != null;
    }

    long missed(long nowNanos) {
        if (outOfReachSince == null) {
            outOfReachSince = nowNanos;
        }
        return nowNanos - outOfReachSince;
    }

    boolean isOutOfReach() {
        return outOfReachSince != null;
    }

    /** Counts a miss after which it is asked again; gives how many there were before. */
    int nextMiss() {
        return misses++;
    }

    void pollsBy(LoopTimer next) {
        if (timer != null) {
            timer.cancel();
        }
        timer = next;
    }

    void ends() {
        over = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    void complete(TrackingEnd how) {
        end.complete(how);
    }

    void cancelled() {
        end.cancel(false);
    }
}
