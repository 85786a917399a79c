package io.renderfleet.node;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long the frames of one job take, and what follows from it. Not thread-safe. */
final class Pace {
    static final Duration UNKNOWN = Duration.ofSeconds(5);
    static final Duration SHORTEST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(60);

    private int frames;
    private double seconds;

    void add(Duration renderTime) {
        frames++;
        seconds += renderTime.toNanos() / 1e9;
    }

    @Nullable Double secondsPerFrame() {
        return frames == 0 ? null : seconds / frames;
    }

    /** What so many frames will take, or null where nothing was measured. */
    @Nullable Duration timeLeft(double framesLeft) {
        return frames == 0 ? null : Duration.ofNanos((long) (Math.max(0, framesLeft) * seconds / frames * 1e9));
    }

    /** When it is worth asking again: when the next frame is likely to be done, or the job if that is sooner. */
    Duration pollAfter(@Nullable Duration left) {
        if (left == null || frames == 0) {
            return UNKNOWN;
        }
        Duration frame = Duration.ofNanos((long) (seconds / frames * 1e9));
        return clamp(left.compareTo(frame) < 0 ? left : frame);
    }

    static Duration clamp(Duration wait) {
        if (wait.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
