package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.LogEstimate;
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

    /** By how much the level of a job changes from one frame to the next, as a variance. */
    private static final double DRIFT = 0.002;
    /** The variance of frames before any was seen, and how many frames that counts for. */
    private static final double USUAL_SPREAD = 0.5;

    private static final int USUAL_FRAMES = 5;
    /** How sure a submitter is of what a frame takes, as a variance, and how many measured frames that counts for. */
    private static final double EXPECTED_VARIANCE = 0.5;

    private static final int EXPECTED_FRAMES = 3;
    private static final double LEAST_SPREAD = 0.002;
    private static final int MOST_FRAMES = 100;

    private final Deque<Long> recent = new ArrayDeque<>();
    private long begun;
    private boolean hasBegun;
    private boolean anchored;
    private LogEstimate level = new LogEstimate(0, 1);
    private double spread = USUAL_SPREAD;
    private double secondsAtSpeedOne;
    private double allSeconds;
    /** How many were measured, and for how many what was expected counts. */
    private int frames;

    private int foretold;
    private double secondsToStart;
    private int starts;

    Pace(long nowNanos) {
        this.begun = nowNanos;
    }

    /** Somebody knows what a frame will take on a node of speed 1, or nobody does; heard before anything was measured. */
    void expects(@Nullable Duration expected) {
        if (expected != null && frames == 0) {
            // The level is that of the median, and the mean lies above it by half of the spread.
            level = new LogEstimate(Math.log(seconds(expected)) - USUAL_SPREAD / 2, EXPECTED_VARIANCE);
            secondsAtSpeedOne = seconds(expected);
            allSeconds = EXPECTED_FRAMES * seconds(expected);
            frames = EXPECTED_FRAMES;
            foretold = EXPECTED_FRAMES;
        }
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

    /** By how much longer a frame takes than was expected of it on a node; none before the first one. */
    LogEstimate.Surprise surprise(double seconds, LogEstimate speed) {
        LogEstimate.Surprise news = LogEstimate.surprise(Math.max(seconds, 1e-6), level, speed, spread);
        return frames == 0 ? new LogEstimate.Surprise(0, Double.POSITIVE_INFINITY) : news;
    }

    /**
     * Takes what a frame took.
     *
     * @param before the speed of the node as it was known before
     * @param nodeSpeed and now
     */
    void measured(Duration took, LogEstimate before, double nodeSpeed) {
        if (frames == 0) {
            level = new LogEstimate(Math.log(seconds(took)) + before.mean(), before.variance() + spread);
        } else {
            LogEstimate.Surprise news = surprise(seconds(took), before).robust();
            double known = news.variance() - spread;
            double weight = 1.0 / Math.min(MOST_FRAMES, frames + USUAL_FRAMES);
            spread = Math.max(LEAST_SPREAD, spread + weight * (news.excess() * news.excess() - known - spread));
            level = level.slower(news).drifting(DRIFT);
        }
        double seconds = took.toNanos() / 1e9 * nodeSpeed;
        double weight = Math.max(SMOOTHING, 1.0 / (frames + 1));
        secondsAtSpeedOne += weight * (seconds - secondsAtSpeedOne);
        allSeconds += seconds;
        frames++;
    }

    private static double seconds(Duration took) {
        return Math.max(took.toNanos(), 1_000) / 1e9;
    }

    /** What a frame takes lately on a node of speed 1; null before anything was measured. */
    @Nullable Duration frameTime() {
        return frames == 0 ? null : Duration.ofNanos(Math.max(1, (long) (secondsAtSpeedOne * 1e9)));
    }

    /** How many frames were measured. */
    int measuredFrames() {
        return frames - foretold;
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
