package io.renderfleet.transport.http.wire;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /nodes} of an orchestrator.
 *
 * @param nodes all nodes that it knows
 * @param discoveries where it looks for nodes; null from an orchestrator that does not tell
 */
public record NodeList(
        @Nullable List<Entry> nodes, @Nullable List<Discovery> discoveries) {

    /**
     * A place where nodes are found.
     *
     * @param source where it looks, in words
     * @param nodes how many nodes there are from it
     * @param trouble why it cannot look now, in a sentence, or null; its nodes stay meanwhile
     */
    public record Discovery(
            @Nullable String source,
            @Nullable Integer nodes,
            @Nullable String trouble) {}

    /**
     * One node.
     *
     * @param id its id, or null before it has named one
     * @param url where it is
     * @param state such as {@code up}
     * @param slots how many batches it takes at once
     * @param busy how many it has
     * @param labels what requests can require
     * @param version the version of its software
     * @param lastSeenAt when it answered last
     * @param framesPerSecond how fast it is
     * @param failures how many batches failed there in a row
     * @param trouble what was wrong with it last, in a sentence, or null
     */
    public record Entry(
            @Nullable String id,
            @Nullable String url,
            @Nullable String state,
            @Nullable Integer slots,
            @Nullable Integer busy,
            @Nullable Map<String, String> labels,
            @Nullable String version,
            @Nullable Instant lastSeenAt,
            @Nullable Double framesPerSecond,
            @Nullable Integer failures,
            @Nullable String trouble) {}
}
