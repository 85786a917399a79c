package io.renderfleet.testkit.sim;

import io.renderfleet.core.loop.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Time that passes only when it is advanced. The time of day can jump on its own, as the clock of a machine does.
 *
 * <p>Not thread-safe: a simulation has one thread.
 */
public final class VirtualTime implements TimeSource {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private long nanos;
    private Duration jumped = Duration.ZERO;
    private final Deque<Stretch> before = new ArrayDeque<>();

    /** Between two jumps of the clock: until when it lasted, and how far the time of day was off. */
    private record Stretch(long end, Duration jumped) {}

    /** Makes a time that begins at 0, on the first of January 2026. */
    public VirtualTime() {
        before.push(new Stretch(0, Duration.ZERO));
    }

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
        before.push(new Stretch(nanos, jumped));
        jumped = jumped.plus(by);
    }

    /** When it was that the time of day was such: the last time, if the clock was set back since; now, if it never was. */
    long nanosAt(Instant timeOfDay) {
        long end = nanos;
        Duration off = jumped;
        for (Stretch earlier : before) {
            long at = Duration.between(START.plus(off), timeOfDay).toNanos();
            if (at >= earlier.end() && at <= end) {
                return at;
            }
            end = earlier.end();
            off = earlier.jumped();
        }
        return nanos;
    }

    void advanceTo(long newNanos) {
        if (newNanos < nanos) {
            throw new IllegalArgumentException("time would go back from " + nanos + " to " + newNanos + " ns");
        }
        nanos = newNanos;
    }
}
