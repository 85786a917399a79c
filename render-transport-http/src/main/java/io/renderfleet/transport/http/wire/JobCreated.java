package io.renderfleet.transport.http.wire;

import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code POST /render}.
 *
 * @param jobId the id to ask with
 */
public record JobCreated(@Nullable String jobId) {}
