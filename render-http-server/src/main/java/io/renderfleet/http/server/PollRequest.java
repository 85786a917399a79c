package io.renderfleet.http.server;

import io.renderfleet.transport.http.header.EntityTags;
import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.WaitPreference;
import java.time.Duration;
import java.util.Optional;

/**
 * How a client polls.
 *
 * @param patience how long it lets us hold the answer, zero if not at all
 * @param known the states that it knows already, if it says so
 */
record PollRequest(Duration patience, Optional<EntityTags> known) {

    static PollRequest of(Call call) {
        return new PollRequest(WaitPreference.parse(call.joined(Headers.PREFER)).orElse(Duration.ZERO), call.known());
    }

    /** Whether it wants to hear of changes: {@code *} stands for every state there can be. */
    boolean conditional() {
        return known.filter(tags -> !tags.any()).isPresent();
    }

    boolean knows(Watched.Glimpse glimpse) {
        return known.filter(tags -> tags.match(glimpse.tag())).isPresent();
    }
}
