package io.renderfleet.core.engine;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes the books of a job of which nothing is on a node any more, and completes what waits for its end. Belongs to the loop. */
final class JobCloser {
    private static final Logger log = LoggerFactory.getLogger(JobCloser.class);

    private final Farm farm;
    private final ProgressTeller progress;
    private final Reactions reactions;

    JobCloser(Farm farm, ProgressTeller progress, Reactions reactions) {
        this.reactions = reactions;
        this.farm = farm;
        this.progress = progress;
    }

    void close(ActiveJob job, JobState state, @Nullable Failure failure) {
        job.closes();
        JobTransition ended = new JobTransition.JobEnded(farm.now(), job.ledger.job(), state, failure);
        farm.recordThen(job, ended, () -> whenDurable(job, job.completion(), resultOf(job)));
        job.closed();
        farm.experience.ended(job);
        reactions.jobEnded(job);
    }

    /** Reports an end. Until it is durable somebody may have the job go on, so the result is the one of the end itself. */
    private Runnable whenDurable(ActiveJob job, CompletableFuture<RenderResult> completion, RenderResult result) {
        return () -> {
            if (job.ledger.hasEnded()) {
                job.endIsDurable();
                job.inLog(() -> log.info(
                        "job {}: {}", job, job.brief(farm.nanos(), null).status()));
            }
            progress.tell(job);
            if (job.ledger.hasEnded()) {
                sweep(job);
            }
            farm.notifier.call(() -> completion.complete(result));
        };
    }

    private void sweep(ActiveJob job) {
        farm.blocking(
                () -> {
                    farm.outputs.sweep(job.ledger.job());
                    return job;
                },
                swept -> {},
                problem -> job.inLog(() -> log.warn("job {}: {}", job, problem.toString())));
    }

    /** How a job that has ended, ended. */
    static RenderResult resultOf(ActiveJob job) {
        BatchLedger ledger = job.ledger;
        var endedAt = ledger.endedAt();
        Duration took = endedAt == null ? Duration.ZERO : Duration.between(ledger.submittedAt(), endedAt);
        return new RenderResult(
                ledger.job(),
                ledger.state(),
                ledger.folder(),
                ledger.outputs(),
                ledger.unverified(),
                ledger.failed(),
                ledger.failure(),
                ledger.warnings(),
                took);
    }
}
