package io.renderfleet.testkit.sim;

import io.renderfleet.core.loop.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * Time that passes only when it is told to. The time of day can jump on its own, as the clock of a machine does.
 *
 * <p>Not thread-safe: a simulation has one thread.
 */
public final class VirtualTime implements TimeSource {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private long nanos;
    private Duration jumped = Duration.ZERO;

    /** Makes a time that begins at 0, on the first of January 2026. */
    public VirtualTime() {}

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return START.plusNanos(nanos).plus(jumped);
    }

    /**
     * Lets time pass.
     *
     * @param span how much, not negative
     * @throws IllegalArgumentException if it is negative
     */
    public void advance(Duration span) {
        advanceTo(nanos + span.toNanos());
    }

    /**
     * Sets the time of day forwards or back; {@link #nanos()} goes on undisturbed.
     *
     * @param by how far, negative for back
     */
    public void jumpClock(Duration by) {
        jumped = jumped.plus(by);
    }

    /** When it was that the time of day was such, in so far as the clock has not jumped since. */
    long nanosAt(Instant timeOfDay) {
        return Duration.between(START.plus(jumped), timeOfDay).toNanos();
    }

    void advanceTo(long newNanos) {
        if (newNanos < nanos) {
            throw new IllegalArgumentException("time would go back from " + nanos + " to " + newNanos + " ns");
        }
        nanos = newNanos;
    }
}
