package io.renderfleet.orchestrator;

import io.renderfleet.http.server.RateLimit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much the API takes from all clients.
 *
 * @param rate how often one client may submit; null for as often as it likes
 * @param frames how many frames one job may have
 * @param eventClients how many clients may listen to events at once
 * @param priority the highest priority that submitters may give a job
 * @param patience how long a client waits for something to become durable
 */
record ApiLimits(@Nullable RateLimit rate, int frames, int eventClients, int priority, Duration patience) {
    static final ApiLimits USUAL =
            new ApiLimits(new RateLimit(50, Duration.ofSeconds(1)), 1_000_000, 200, 1_000, Duration.ofSeconds(10));

    ApiLimits {
        requireRange("maxFrames", frames, 1, 1_000_000);
        requireRange("maxEventClients", eventClients, 1, 10_000);
        requireRange("maxPriority", priority, -1_000, 1_000);
    }

    private static void requireRange(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + value + ": it must be from " + least + " to " + most);
        }
    }
}
