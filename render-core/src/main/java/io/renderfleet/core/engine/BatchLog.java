package io.renderfleet.core.engine;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.log.LogContext;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a line for each change of a batch, with its ids. At the level DEBUG: a farm can have thousands a second. */
final class BatchLog {
    private static final Logger log = LoggerFactory.getLogger(BatchLog.class);

    private BatchLog() {}

    static void tell(ActiveJob job, JobTransition transition) {
        if (!log.isDebugEnabled()) {
            return;
        }
        if (transition instanceof JobTransition.BatchDispatched it) {
            line(job, it.batch(), it.attempt(), "goes out with frames " + it.frames() + ", to " + it.target());
        } else if (transition instanceof JobTransition.BatchAccepted it) {
            line(job, it.batch(), it.attempt(), "is taken, as " + it.remoteId());
        } else if (transition instanceof JobTransition.BatchShortened it) {
            line(job, it.batch(), it.attempt(), "keeps frames " + it.kept());
        } else if (transition instanceof JobTransition.BatchEnded it) {
            String why = it.failure() == null ? "" : ": " + it.failure();
            line(job, it.batch(), it.attempt(), "is over, " + it.outcome() + why);
        }
    }

    private static void line(ActiveJob job, BatchId batch, AttemptId attempt, String what) {
        OpenBatch open = job.openBatch(batch);
        Runnable write = () -> log.debug("job {}: batch {} {}", job, batch, what);
        if (open != null) {
            open.inLog(write);
        } else {
            job.logContext()
                    .with(LogContext.BATCH, batch)
                    .with(LogContext.ATTEMPT, attempt)
                    .within(write);
        }
    }
}
