package io.renderfleet.transport.http.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /jobs}.
 *
 * @param jobs a page of jobs
 * @param next the cursor of the next page; null on the last
 */
public record JobList(
        @Nullable List<OrchestratorJob> jobs, @Nullable String next) {}
