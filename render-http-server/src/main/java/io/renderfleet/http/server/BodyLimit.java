package io.renderfleet.http.server;

import java.time.Duration;

/**
 * How much a request may send, and how slowly.
 *
 * @param maxBytes more gets 413
 * @param patience how long it may take in any case; later gets 408
 * @param bytesPerSecond what has arrived lengthens the patience at this rate, at least 1; so a long upload may go on for as long as
 *     it goes on at this speed
 */
public record BodyLimit(long maxBytes, Duration patience, long bytesPerSecond) {
    /** Checks the bounds. */
    public BodyLimit {
        if (maxBytes < 0 || bytesPerSecond < 1 || patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("a body limit needs bytes, patience and a speed");
        }
    }

    /**
     * Limits a body that fits into memory.
     *
     * @param maxBytes more gets 413
     * @return a limit with ten seconds' patience
     */
    public static BodyLimit small(int maxBytes) {
        return new BodyLimit(maxBytes, Duration.ofSeconds(10), 1 << 20);
    }

    /**
     * Limits an upload.
     *
     * @param maxBytes more gets 413
     * @return a limit with thirty seconds' patience and then at least 8 KiB a second
     */
    public static BodyLimit upload(long maxBytes) {
        return new BodyLimit(maxBytes, Duration.ofSeconds(30), 8 << 10);
    }

    /** How long it may have taken by the time that so many bytes have arrived. */
    Duration allowed(long received) {
        return patience.plusMillis(received / bytesPerSecond * 1000);
    }
}
