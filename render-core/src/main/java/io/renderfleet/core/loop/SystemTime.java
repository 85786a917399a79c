package io.renderfleet.core.loop;

import java.time.Clock;
import java.time.Instant;

/** This machine's time. */
enum SystemTime implements TimeSource {
    INSTANCE;

    private static final Clock CLOCK = Clock.systemUTC();

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return CLOCK.instant();
    }
}
