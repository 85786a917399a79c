package io.renderfleet.transport.http.wire;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code PUT /nodes/{id}}.
 *
 * @param id who is registered
 * @param url where it is called
 * @param state how it stands with the orchestrator, such as {@code up}
 * @param leaseSeconds how long the registration lasts; the node should register again after a third of that
 */
public record NodeLease(
        @Nullable String id,
        @Nullable String url,
        @Nullable String state,
        @Nullable Double leaseSeconds) {

    private static final double LONGEST = 3_600;

    /**
     * Makes the answer.
     *
     * @param id who is registered
     * @param url where it is called
     * @param state how it stands
     * @param lease for how long
     * @return the body
     */
    public static NodeLease of(String id, URI url, String state, Duration lease) {
        return new NodeLease(id, url.toString(), state, lease.toMillis() / 1000.0);
    }

    /**
     * Returns for how long the node counts as there.
     *
     * @param otherwise where the answer does not say, or nothing sensible
     * @return up to an hour
     */
    public Duration lease(Duration otherwise) {
        double seconds = Objects.requireNonNullElse(leaseSeconds, 0.0);
        return seconds > 0 && seconds <= LONGEST ? Duration.ofMillis((long) (seconds * 1000)) : otherwise;
    }
}
