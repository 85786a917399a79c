package io.renderfleet.store.jdbc;

import io.renderfleet.core.model.JobId;
import java.util.List;
import java.util.Set;

/**
 * What goes into one commit.
 *
 * @param term the writer's
 * @param nextSeq the sequence number that the store must be at for this write to be right
 * @param endSeq the one at which it is afterwards
 * @param rows what is new, in order; none of a job that this same write forgets, but for the note of that
 * @param forgotten jobs whose earlier rows go
 * @param lastAttempt the greatest attempt number in it, or 0
 */
record Write(
        LeaderTerm term, long nextSeq, long endSeq, List<NumberedRow> rows, Set<JobId> forgotten, long lastAttempt) {

    /**
     * A row and its place.
     *
     * @param seq in the farm's history; of the last one, where it is several
     * @param row the columns
     */
    record NumberedRow(long seq, TransitionRow row) {}
}
