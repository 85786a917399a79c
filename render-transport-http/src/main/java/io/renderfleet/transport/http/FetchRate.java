package io.renderfleet.transport.http;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How fast files may come in, all together: a bucket of tokens that fills at that rate and holds those of a tenth of a second. Who has taken bytes waits before
 * it reads on until they are paid for, so transfers take turns. Thread-safe.
 */
final class FetchRate {
    private static final long BURST = Duration.ofMillis(100).toNanos();

    private final double nanosPerByte;
    private final LongSupplier nanos;
    private long paidUntil;

    /**
     * Makes one.
     *
     * @param bytesPerSecond positive
     * @param nanos a clock that never goes back, in nanoseconds
     */
    FetchRate(long bytesPerSecond, LongSupplier nanos) {
        this.nanosPerByte = 1e9 / bytesPerSecond;
        this.nanos = nanos;
        this.paidUntil = nanos.getAsLong() - BURST;
    }

    /** Pays for bytes that came. Gives for how many nanoseconds no more are to be read. */
    synchronized long pauseAfter(long bytes) {
        long now = nanos.getAsLong();
        long unused = Math.min(now - paidUntil, BURST);
        paidUntil = now - unused + (long) (bytes * nanosPerByte);
        return Math.max(0, paidUntil - now);
    }
}
