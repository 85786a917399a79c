package io.renderfleet.core.engine;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Forgets jobs some time after they have ended, and before that the oldest of too many. Belongs to the loop. */
final class JobRetention {
    private static final int ENDED_JOBS_KEPT = 10_000;
    private static final Duration KEYS_KEPT = Duration.ofHours(24);
    private static final Duration INTERVAL = Duration.ofMinutes(10);

    private final Farm farm;
    private final SubmissionKeys keys;
    private final Duration keepEnded;

    JobRetention(Farm farm, SubmissionKeys keys, Duration keepEnded) {
        this.farm = farm;
        this.keys = keys;
        this.keepEnded = keepEnded;
    }

    void start() {
        farm.loop.execute(this::look);
    }

    private void look() {
        if (farm.hasStoodDown()) {
            return;
        }
        int ended = 0;
        for (ActiveJob job : farm.jobs.values()) {
            ended += job.ledger.hasEnded() ? 1 : 0;
        }
        for (ActiveJob job : List.copyOf(farm.jobs.values())) {
            Instant endedAt = job.ledger.endedAt();
            if (endedAt != null && mayBeForgotten(job, endedAt, ended)) {
                ended--;
                forget(job);
            }
        }
        farm.loop.schedule(INTERVAL, this::look);
    }

    /** How many bytes ended jobs take that may be forgotten for a new one. */
    long spare(RenderRequest request) {
        return forgettable(request).mapToLong(farm.memory::chargeOf).sum();
    }

    /** Forgets ended jobs before their time, those that ended first, until a new one fits. */
    void makeRoom(RenderRequest request) {
        long needed = JobMemory.of(request);
        if (farm.memory.fits(needed)) {
            return;
        }
        for (ActiveJob job : forgettable(request)
                .sorted(Comparator.comparing(JobRetention::endedAt))
                .toList()) {
            if (farm.memory.fits(needed)) {
                return;
            }
            forget(job);
        }
    }

    private Stream<ActiveJob> forgettable(RenderRequest request) {
        Set<JobId> awaited = Dependencies.of(request);
        return farm.jobs.values().stream()
                .filter(job -> job.ledger.endedAt() != null && !isBound(job) && !awaited.contains(job.ledger.job()));
    }

    private static Instant endedAt(ActiveJob job) {
        Instant ended = job.ledger.endedAt();
        return ended == null ? Instant.MAX : ended;
    }

    private void forget(ActiveJob job) {
        farm.forget(job.ledger.job());
        job.ledger.request().key().ifPresent(keys::forget);
        farm.journal.append(new JobTransition.JobForgotten(farm.now(), job.ledger.job()), () -> {});
    }

    /** Whether a key that was used lately must still lead to it. */
    private boolean isBound(ActiveJob job) {
        Instant ended = job.ledger.endedAt();
        return job.ledger.request().key().isPresent()
                && ended != null
                && Duration.between(ended, farm.now()).compareTo(KEYS_KEPT) < 0;
    }

    private boolean mayBeForgotten(ActiveJob job, Instant endedAt, int ended) {
        Duration age = Duration.between(endedAt, farm.now());
        return !isBound(job) && (ended > ENDED_JOBS_KEPT || age.compareTo(keepEnded) > 0);
    }
}
