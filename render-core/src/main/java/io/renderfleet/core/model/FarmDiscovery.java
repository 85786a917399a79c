package io.renderfleet.core.model;

import org.jspecify.annotations.Nullable;

/**
 * A place where nodes are found, as the coordinator sees it at one moment.
 *
 * @param source where it looks, in words, without secrets
 * @param nodes how many nodes the farm has from there
 * @param trouble why it cannot look now, in a sentence, or null; its nodes stay meanwhile
 */
public record FarmDiscovery(
        String source, int nodes, @Nullable String trouble) {}
