package io.renderfleet.core.loop;

import java.time.Instant;

/** Where time comes from. Thread-safe. */
public interface TimeSource {

    /**
     * Returns a time that never goes back, for measuring spans.
     *
     * @return nanoseconds since some moment
     */
    long nanos();

    /**
     * Returns the time of day, for people; it can jump.
     *
     * @return now
     */
    Instant now();

    /**
     * Gives this machine's time.
     *
     * @return {@link System#nanoTime()} and the system clock
     */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }
}
