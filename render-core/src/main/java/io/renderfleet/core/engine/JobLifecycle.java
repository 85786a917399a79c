package io.renderfleet.core.engine;

import io.renderfleet.core.engine.node.NodeEntry;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FarmFullException;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.StoreUnavailableException;
import io.renderfleet.core.model.Waiting;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.RemoteJob;
import io.renderfleet.core.spi.StoreOpening;
import io.renderfleet.core.spi.Target;
import io.renderfleet.core.split.BatchSplitters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of jobs: submitted, taken up again after a restart, paused, cancelled, retried. Belongs to the loop.
 *
 * <p>What happens to their batches is in {@link Dispatcher}, {@link BatchFollower}, {@link Collector} and {@link BatchCloser}; that ended
 * jobs are not kept for ever, by {@link JobRetention}.
 */
final class JobLifecycle {
    private static final Logger log = LoggerFactory.getLogger(JobLifecycle.class);

    private final Farm farm;
    private final BatchCloser batchCloser;
    private final Dispatcher dispatcher;
    private final BatchFollower follower;
    private final ProgressTeller progress;
    private final SceneBaker baker;
    private final Dependencies dependencies;
    private final JobRetention retention;
    private final WaitReasons waitReasons;
    private final SubmissionKeys keys = new SubmissionKeys();
    private long jobsMade;

    /** Puts the parts of an engine together. */
    JobLifecycle(Farm farm, RetryDecision retry, Reactions reactions) {
        this.farm = farm;
        this.progress = new ProgressTeller(farm);
        this.batchCloser = new BatchCloser(farm, retry, progress, reactions);
        this.baker = new SceneBaker(farm, batchCloser, retry);
        this.follower = new BatchFollower(farm, batchCloser, new Collector(farm, batchCloser, retry), baker, progress);
        this.dispatcher = new Dispatcher(farm, batchCloser, follower, retry, reactions);
        this.waitReasons = new WaitReasons(farm, dispatcher);
        this.dependencies = new Dependencies(farm, batchCloser);
        Balancer balancer = new Balancer(farm, batchCloser, dispatcher);
        reactions.connect(new Reactions.Parts(
                farm, dispatcher, balancer, new Yielding(farm, dispatcher, balancer), dependencies));
        this.retention = new JobRetention(farm, keys, farm.config.keepEnded());
        retention.start();
    }

    SubmissionKeys keys() {
        return keys;
    }

    /** Why frames of a job wait; null if none does. */
    @Nullable Waiting waitingFor(ActiveJob job) {
        return waitReasons.of(job);
    }

    /** Takes up what was replayed: ended jobs are listed, running batches are watched again, and what was about to be sent is. */
    void resume(StoreOpening opening) {
        farm.coordinator.opened(opening);
        for (ActiveJob job : List.copyOf(farm.jobs.values())) {
            job.committed();
            job.ledger.request().key().ifPresent(key -> keys.claim(key, CompletableFuture.completedFuture(job)));
            if (!job.ledger.hasEnded()) {
                resume(job);
            } else {
                job.completion().complete(JobCloser.resultOf(job));
            }
        }
    }

    /** Takes over what the coordinator that leads has committed; nothing is done about it here. */
    void follow(List<JobTransition> transitions) {
        for (JobTransition transition : transitions) {
            replay(transition);
            ActiveJob job = farm.jobs.get(transition.job());
            if (job != null && transition instanceof JobTransition.FramesRetried) {
                job.renewCompletion();
            } else if (job != null && transition instanceof JobTransition.JobEnded) {
                CompletableFuture<RenderResult> completion = job.completion();
                RenderResult result = JobCloser.resultOf(job);
                farm.notifier.call(() -> completion.complete(result));
            }
            farm.notifier.transition(transition);
        }
    }

    /** Has the books say what a store has kept. */
    void replay(JobTransition transition) {
        if (transition instanceof JobTransition.JobSubmitted submitted) {
            put(submitted);
        } else if (transition instanceof JobTransition.JobForgotten) {
            farm.forget(transition.job());
        } else {
            ActiveJob job = farm.jobs.get(transition.job());
            if (job != null) {
                farm.apply(job, transition);
                if (transition instanceof JobTransition.JobEnded) {
                    job.endIsDurable();
                }
            }
            if (transition instanceof JobTransition.BatchDispatched dispatched) {
                farm.coordinator.used(dispatched.attempt().seq());
            }
        }
    }

    private void resume(ActiveJob job) {
        farm.unfinished.add(job);
        job.pace.expects(farm.experience.frameTime(job.ledger.request()));
        job.inLog(() -> log.info(
                "job {}: taken up again, {} of {} frames are done",
                job,
                job.ledger.done(),
                job.ledger.request().frames().size()));
        farm.blocking(
                () -> farm.outputs.open(job.ledger.job(), job.ledger.folder()),
                folder -> {},
                problem -> job.inLog(() -> log.warn("job {}: {}", job, problem.toString())));
        for (BatchRecord record : List.copyOf(job.ledger.openBatches())) {
            NodeEntry node = farm.nodes.track(new Target.Machine(record.target()));
            OpenBatch batch = job.opens(record, node, farm.nanos());
            batch.rebalancing.mayHaveBeenShortened();
            farm.slots.reserve(node);
            String remoteId = record.remoteId();
            if (remoteId == null) {
                batch.handover.mayHaveBeenSent();
                dispatcher.submit(batch);
            } else {
                RemoteJob remote = new RemoteJob(node.target(), remoteId, record.node());
                batch.handover.taken(remote);
                follower.follow(batch, remote, Duration.ZERO);
            }
        }
        if (!job.ledger.openBatches().isEmpty()) {
            farm.running.add(job);
            farm.queue.update(job);
        }
        startClock(job);
        baker.admit(job);
        dependencies.admit(job);
        batchCloser.progressed(job);
        dispatcher.wake();
    }

    /** Why a request cannot be accepted now; null if it can. */
    @Nullable RuntimeException refusal(RenderRequest request) {
        Throwable trouble = farm.journal.trouble();
        if (trouble != null || farm.hasStoodDown()) {
            return new StoreUnavailableException(
                    farm.hasStoodDown() ? "another coordinator has taken over" : "the store cannot be written",
                    trouble);
        }
        if (farm.unfinished.size() >= farm.config.maxUnfinished()) {
            return new FarmFullException(farm.unfinished.size() + " jobs have not ended");
        }
        if (farm.jobs.size() >= farm.config.maxJobs()) {
            return new FarmFullException(farm.jobs.size() + " jobs are known");
        }
        String owner = request.owner().orElse(null);
        if (owner != null && unfinishedOf(owner) >= farm.config.maxUnfinishedOfOwner()) {
            return new FarmFullException(farm.config.maxUnfinishedOfOwner() + " jobs of " + owner + " have not ended");
        }
        long needed = JobMemory.of(request);
        long spare = farm.memory.fits(needed) ? 0 : retention.spare(request);
        FarmFullException full = farm.memory.refusal(request, needed, spare);
        if (full != null) {
            return full;
        }
        IllegalArgumentException unknown = unknown("after", request.after());
        return unknown != null ? unknown : unknown("afterFrames", request.afterFrames());
    }

    private @Nullable IllegalArgumentException unknown(String field, Set<JobId> others) {
        for (JobId other : others) {
            if (!farm.jobs.containsKey(other)) {
                return new IllegalArgumentException(field + " names job '" + other + "', which is not known");
            }
        }
        return null;
    }

    private long unfinishedOf(String owner) {
        return farm.unfinished.stream()
                .filter(job -> owner.equals(job.ledger.request().owner().orElse(null)))
                .count();
    }

    /** Takes a job in, and calls back once it is durable, or with why it was not taken. */
    void submit(RenderRequest request, JobId id, Path folder, Consumer<ActiveJob> taken, Consumer<Throwable> refused) {
        RuntimeException refusal = refusal(request);
        if (refusal != null) {
            refused.accept(refusal);
            return;
        }
        retention.makeRoom(request);
        JobTransition.JobSubmitted submitted = new JobTransition.JobSubmitted(farm.now(), id, request, folder);
        ActiveJob job = put(submitted);
        farm.unfinished.add(job);
        farm.journal.append(submitted, () -> {
            job.committed();
            job.inLog(() ->
                    log.info("job {}: {} frames of {}", job, request.frames().size(), request.scene()));
            if (farm.nodes.all().isEmpty()) {
                job.inLog(() -> log.warn("job {} waits: the farm has no nodes yet", job));
            }
            startClock(job);
            job.pace.expects(farm.experience.frameTime(request));
            baker.admit(job);
            dependencies.admit(job);
            dispatcher.wake();
            taken.accept(job);
        });
    }

    private ActiveJob put(JobTransition.JobSubmitted submitted) {
        RenderRequest request = submitted.request();
        ActiveJob job = new ActiveJob(
                new BatchLedger(submitted),
                jobsMade++,
                splitterOf(request),
                new BatchHistory(farm.histories),
                farm.nanos());
        farm.add(job);
        return job;
    }

    private BatchSplitter splitterOf(RenderRequest request) {
        if (request.hasAdaptiveBatches()) {
            return BatchSplitters.adaptive();
        }
        return request.batchSize().isPresent()
                ? BatchSplitters.fixed(request.batchSize().getAsInt())
                : farm.config.splitter();
    }

    private void startClock(ActiveJob job) {
        Duration deadline = job.ledger.request().deadline().orElse(farm.config.jobDeadline());
        Duration age = Duration.between(job.ledger.begunAt(), farm.now());
        Duration left = deadline.minus(age.isNegative() ? Duration.ZERO : age);
        job.endsBy(farm.loop.schedule(
                left,
                () -> batchCloser.fail(
                        job,
                        Failure.of(
                                FailureKind.DEADLINE,
                                "The job was not done " + deadline.toSeconds() + " s after it was submitted."))));
    }

    void cancel(ActiveJob job) {
        if (!farm.hasStoodDown()) {
            batchCloser.cancel(job);
        }
    }

    void pause(ActiveJob job) {
        if (!farm.hasStoodDown() && !job.ledger.hasEnded() && !job.ledger.isPaused()) {
            farm.record(job, new JobTransition.JobPaused(farm.now(), job.ledger.job()));
            progress.changed(job);
        }
    }

    void resumePaused(ActiveJob job) {
        if (!farm.hasStoodDown() && !job.ledger.hasEnded() && job.ledger.isPaused()) {
            farm.record(job, new JobTransition.JobResumed(farm.now(), job.ledger.job()));
            progress.changed(job);
            dispatcher.wake();
        }
    }

    void priority(ActiveJob job, int priority) {
        if (!farm.hasStoodDown() && !job.ledger.hasEnded()) {
            farm.record(job, new JobTransition.JobReprioritized(farm.now(), job.ledger.job(), priority));
            dispatcher.wake();
        }
    }

    /** Tries frames again that were given up. False if there are none. */
    boolean retry(ActiveJob job) {
        FrameSet failed = job.ledger.failed();
        FrameSet again = job.ledger.hasEnded()
                ? job.ledger.unsettled(job.ledger.request().frames()).union(failed)
                : failed;
        if (farm.hasStoodDown() || again.isEmpty() || job.ledger.state() == JobState.COMPLETED) {
            return false;
        }
        boolean reopened = job.ledger.hasEnded();
        job.nodes.forgetRefusals();
        job.failures.forgetStartup();
        job.nodes.stopAvoiding();
        job.nodes.needsNoMemory();
        farm.record(job, new JobTransition.FramesRetried(farm.now(), job.ledger.job(), again));
        dependencies.admit(job);
        if (reopened) {
            job.renewCompletion();
            baker.admit(job);
            startClock(job);
            farm.blocking(
                    () -> farm.outputs.open(job.ledger.job(), job.ledger.folder()),
                    folder -> dispatcher.wake(),
                    problem -> job.inLog(() -> log.warn("job {}: {}", job, problem.toString())));
        }
        dispatcher.wake();
        return true;
    }

    /** Watches a job for a listener: its batches report their progress more often. */
    void watch(ActiveJob job) {
        job.watched(farm.nanos());
        job.openBatches().forEach(batch -> batch.watch.progressWanted(true, farm.nanos()));
    }

    void cancelAll() {
        List.copyOf(farm.jobs.values()).forEach(this::cancel);
    }

    JobId newId(RenderRequest request) {
        return JobIds.fresh(request, farm.random, farm.jobs::containsKey);
    }
}
