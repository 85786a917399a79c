package io.renderfleet.core.track;

import io.renderfleet.core.loop.LoopTimer;
import io.renderfleet.core.spi.RemoteJob;
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

    // The rest belongs to the tracker's loop.
    boolean over;
    boolean polling;
    boolean pollAgain;
    boolean progressWanted;
    int polls;
    int generation;
    int misses;

    @Nullable Long outOfReachSince;

    @Nullable String etag;

    @Nullable LoopTimer timer;

    Tracking(JobTracker tracker, RemoteJob remote, boolean canHold, TrackingListener listener) {
        this.tracker = tracker;
        this.remote = remote;
        this.canHold = canHold;
        this.listener = listener;
    }

    /**
     * Says which job is watched.
     *
     * @return the job where it is rendered
     */
    public RemoteJob remote() {
        return remote;
    }

    /**
     * Gives the end.
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

    void complete(TrackingEnd how) {
        end.complete(how);
    }

    void cancelled() {
        end.cancel(false);
    }
}
