package io.renderfleet.transport.http;

import java.util.concurrent.atomic.AtomicLong;

/** Counts signs of life of a transfer, so that a stalled one differs from a slow one. Thread-safe. */
final class Pulse {
    private final AtomicLong beats = new AtomicLong();

    void beat() {
        beats.incrementAndGet();
    }

    long beats() {
        return beats.get();
    }
}
