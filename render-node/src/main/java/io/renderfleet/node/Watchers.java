package io.renderfleet.node;

import io.renderfleet.node.time.NodeTime;
import io.renderfleet.node.time.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for changes of one job.
 *
 * <p>Waiters learn of progress at most four times a second, of the end at once; each is called once. All methods are called with the job's
 * lock held; the waiters that they return are called after it was released.
 */
final class Watchers {
    static final Duration PACE = Duration.ofMillis(250);

    private final NodeTime time;
    private final Runnable tick;
    private final List<Watch> waiting = new ArrayList<>(1);
    private @Nullable Instant lastTold;
    private boolean ticking;

    /**
     * @param tick to be called later, without the lock, when progress that came too soon may be reported
     */
    Watchers(NodeTime time, Runnable tick) {
        this.time = time;
        this.tick = tick;
    }

    static final class Watch {
        private final long since;
        private final boolean endOnly;
        private final Consumer<NodeJobView> callback;

        Watch(long since, boolean endOnly, Consumer<NodeJobView> callback) {
            this.since = since;
            this.endOnly = endOnly;
            this.callback = callback;
        }

        void tell(NodeJobView view) {
            callback.accept(view);
        }
    }

    void add(Watch watch) {
        waiting.add(watch);
    }

    void remove(Watch watch) {
        waiting.remove(watch);
    }

    /** The waiters for progress, if it is time to call them; otherwise they are called later. */
    List<Watch> onProgress(long version) {
        if (waiting.stream().noneMatch(watch -> isDue(watch, version))) {
            return List.of();
        }
        if (untilNext().compareTo(Duration.ZERO) > 0) {
            tickLater();
            return List.of();
        }
        lastTold = time.now();
        return take(version);
    }

    List<Watch> onTick(long version) {
        ticking = false;
        return onProgress(version);
    }

    List<Watch> onEnd() {
        List<Watch> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    private static boolean isDue(Watch watch, long version) {
        return !watch.endOnly && watch.since < version;
    }

    private List<Watch> take(long version) {
        List<Watch> due = new ArrayList<>();
        for (Iterator<Watch> i = waiting.iterator(); i.hasNext(); ) {
            Watch watch = i.next();
            if (isDue(watch, version)) {
                due.add(watch);
                i.remove();
            }
        }
        return due;
    }

    private Duration untilNext() {
        return lastTold == null ? Duration.ZERO : PACE.minus(Duration.between(lastTold, time.now()));
    }

    private void tickLater() {
        if (!ticking) {
            ticking = true;
            Registration unused = time.after(untilNext(), tick);
        }
    }
}
