package io.renderfleet.core.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of an attempt beyond its transitions, kept with its end. Everything can be missing: nodes report little or much, and a
 * coordinator that takes over was not there before.
 *
 * @param sentAt when the coordinator first sent the batch
 * @param begunAt when the first frame began, as far as the coordinator saw it
 * @param renderedAt when the coordinator heard that the node was done
 * @param rendering what the accepted frames took on the node, together
 * @param renderer what rendered them
 * @param run what the node says of how it rendered them
 */
public record AttemptFacts(
        @Nullable Instant sentAt,
        @Nullable Instant begunAt,
        @Nullable Instant renderedAt,
        @Nullable Duration rendering,
        @Nullable EngineInfo renderer,
        RunFacts run) {

    /** Nothing is known. */
    public static final AttemptFacts NONE = new AttemptFacts(null, null, null, null, null, RunFacts.NONE);
}
