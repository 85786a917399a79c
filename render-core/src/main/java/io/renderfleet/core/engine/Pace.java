package io.renderfleet.core.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** How fast a job goes: the frames of the last half minute, and what a frame takes. Belongs to the loop. */
final class Pace {
    private static final long WINDOW = Duration.ofSeconds(30).toNanos();
    private static final int MOST = 256;
    private static final double SMOOTHING = 0.05;

    private final Deque<Long> recent = new ArrayDeque<>();
    private long begun;
    private boolean hasBegun;
    private boolean anchored;
    private double secondsAtSpeedOne;
    private double allSeconds;
    private int frames;
    private double secondsToStart;
    private int starts;

    Pace(long nowNanos) {
        this.begun = nowNanos;
    }

    /** Something of the job is sent out; how long it has waited before says nothing of its pace. */
    void begins(long nowNanos) {
        if (!hasBegun) {
            hasBegun = true;
            begun = nowNanos;
        }
    }

    void frameDone(long nowNanos) {
        recent.addLast(nowNanos);
        if (recent.size() > MOST) {
            recent.removeFirst();
            anchored = true;
        }
    }

    /** Takes what a frame took on a node of a certain speed. */
    void measured(Duration took, double nodeSpeed) {
        double seconds = took.toNanos() / 1e9 * nodeSpeed;
        double weight = Math.max(SMOOTHING, 1.0 / (frames + 1));
        secondsAtSpeedOne += weight * (seconds - secondsAtSpeedOne);
        allSeconds += seconds;
        frames++;
    }

    /** What a frame takes lately on a node of speed 1; null before anything was measured. */
    @Nullable Duration frameTime() {
        return frames == 0 ? null : Duration.ofNanos(Math.max(1, (long) (secondsAtSpeedOne * 1e9)));
    }

    /** What a frame took on average over the whole job, in seconds on a node of speed 1; 0 before anything was measured. */
    double secondsPerFrame() {
        return frames == 0 ? 0 : allSeconds / frames;
    }

    /** Takes what a batch took beyond its frames. */
    void started(Duration overhead) {
        double weight = Math.max(0.3, 1.0 / (starts + 1));
        secondsToStart += weight * (Math.max(0, overhead.toNanos()) / 1e9 - secondsToStart);
        starts++;
    }

    /** What a batch takes beyond its frames; null before anything was measured. */
    @Nullable Duration startTime() {
        return starts == 0 ? null : Duration.ofNanos((long) (secondsToStart * 1e9));
    }

    /**
     * How many frames come in a second. Frames come in bursts, a batch at a time, so what is counted reaches from the end of one burst,
     * before the window, to the end of the last; the silence since then counts once it is longer than that.
     */
    @Nullable Double framesPerSecond(long nowNanos) {
        while (recent.size() > 1 && nowNanos - second() > WINDOW) {
            recent.removeFirst();
            anchored = true;
        }
        int counted = anchored ? recent.size() - 1 : recent.size();
        if (counted <= 0) {
            return null;
        }
        long from = anchored ? recent.getFirst() : begun;
        long last = recent.getLast();
        double span = (nowNanos - last < last - from ? last - from : nowNanos - from) / 1e9;
        return span <= 0 ? null : counted / span;
    }

    private long second() {
        Iterator<Long> entries = recent.iterator();
        entries.next();
        return entries.next();
    }

    @Nullable Duration timeLeft(long nowNanos, double framesLeft) {
        Double rate = framesPerSecond(nowNanos);
        return rate == null || rate <= 0 ? null : Duration.ofMillis((long) (framesLeft / rate * 1000));
    }
}
