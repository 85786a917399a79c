package io.renderfleet.orchestrator.event;

import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.JobId;
import org.jspecify.annotations.Nullable;

/**
 * An event in the log.
 *
 * @param number its place, greater than that of every event before
 * @param job which job it is about, or null
 * @param owner whose job that is, or null
 * @param progressOf the batch whose progress it is, or null; the next one of that batch replaces it
 * @param text as it is sent
 */
record LoggedEvent(
        long number,
        @Nullable JobId job,
        @Nullable String owner,
        @Nullable Running progressOf,
        String text) {

    /** A batch of a job. */
    record Running(JobId job, BatchId batch) {}
}
