package io.renderfleet.http.server;

import java.time.Duration;

/**
 * What a server puts up with.
 *
 * @param maxConnections more wait to be accepted until others have gone; one address may have three times as many as are free, and those that ask nothing
 *     make way for others once seven eighths are taken
 * @param maxHeaderBytes all headers of a request together; more gets 431, a longer URL 414
 * @param headerPatience how long a request's headers may take, from their first byte to their last, and how long a connection may wait to send
 *     its first request
 * @param idle how long a connection may be silent
 * @param stop how long {@link ListeningServer#close} waits for calls that are being answered
 */
public record HttpLimits(
        int maxConnections, int maxHeaderBytes, Duration headerPatience, Duration idle, Duration stop) {
    /** 2,000 connections, 16 KiB of headers within 10 seconds, 60 seconds' silence, 10 seconds to stop. */
    public static final HttpLimits USUAL =
            new HttpLimits(2_000, 16 << 10, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(10));

    /**
     * Sets how slowly headers may come.
     *
     * @param patience from their first byte to their last
     * @return limits that are otherwise the same
     */
    public HttpLimits withHeaderPatience(Duration patience) {
        return new HttpLimits(maxConnections, maxHeaderBytes, patience, idle, stop);
    }

    /**
     * Sets how many connections there may be.
     *
     * @param count at least 1
     * @return limits that are otherwise the same
     */
    public HttpLimits withMaxConnections(int count) {
        return new HttpLimits(count, maxHeaderBytes, headerPatience, idle, stop);
    }

    /**
     * Sets how long a stop waits.
     *
     * @param grace for calls that are being answered
     * @return limits that are otherwise the same
     */
    public HttpLimits withStop(Duration grace) {
        return new HttpLimits(maxConnections, maxHeaderBytes, headerPatience, idle, grace);
    }
}
