package io.renderfleet.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.spi.RenderListener;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a farm, of an orchestrator or inside of an application:
 *
 * <pre>{@code
 * RenderExecutor farm = RenderExecutor.builder()
 *     .transport(new MeasuredTransport(transport, registry))
 *     .store(new MeasuredStore(store, registry))
 *     .build();
 * FarmMeters meters = new FarmMeters(farm, registry);
 * }</pre>
 *
 * <p>What stands (jobs and nodes by state) is counted when somebody looks, at most once a second; what happens is counted
 * as it does. Tags are states, outcomes and kinds of failure only: never what clients or nodes make up.
 *
 * <p>Listens from its making until it is closed. Thread-safe.
 */
public final class FarmMeters implements RenderListener, AutoCloseable {
    private final Counter submitted;
    private final Counter retried;
    private final Counter dispatched;
    private final Counter accepted;
    private final Counter unverified;
    private final Counter nodesLost;
    private final Counter nodesQuarantined;
    private final Counter storeFailures;
    private final Timer jobWait;
    private final Timer batchDispatch;
    private final Timer frameRender;
    private final Map<JobState, Counter> jobsEnded = new EnumMap<>(JobState.class);
    private final Map<BatchOutcome, Counter> batchesEnded = new EnumMap<>(BatchOutcome.class);
    private final Map<FailureKind, Counter> framesFailed = new EnumMap<>(FailureKind.class);
    private final RenderExecutor.Subscription listening;
    private final Map<JobId, Instant> undispatched = new HashMap<>();
    private final Map<AttemptId, Instant> unanswered = new HashMap<>();

    /**
     * Begins to measure.
     *
     * @param farm what is measured
     * @param meters gets the numbers
     */
    public FarmMeters(RenderExecutor farm, MeterRegistry meters) {
        FarmGauges.register(farm, meters);
        // All are there from the beginning, at 0: an alert on what grows must see the first time too.
        this.submitted = counter(meters, "renderfleet.jobs.submitted", "Jobs that were submitted");
        this.retried = counter(meters, "renderfleet.jobs.retried", "Jobs that were retried");
        this.dispatched = counter(meters, "renderfleet.batches.dispatched", "Batches that were given to nodes");
        this.accepted = counter(meters, "renderfleet.frames.accepted", "Frames that were accepted");
        this.unverified = counter(meters, "renderfleet.frames.unverified", "Frames that were unverified");
        this.nodesLost = counter(meters, "renderfleet.nodes.lost", "Nodes whose batches were given to others");
        this.nodesQuarantined = counter(
                meters, "renderfleet.nodes.quarantined", "Nodes that failed too often and were left alone for a while");
        this.storeFailures =
                counter(meters, "renderfleet.store.failures", "Times that the store could not be written any more");
        this.jobWait = timer(meters, "renderfleet.job.wait", "From a job's submission to its first batch");
        this.batchDispatch = timer(meters, "renderfleet.batch.dispatch", "From the decision to the node's yes");
        this.frameRender = timer(meters, "renderfleet.frame.render", "What a node took for a frame that was accepted");
        for (JobState state : JobState.values()) {
            if (state.hasEnded()) {
                jobsEnded.put(
                        state,
                        counter(meters, "renderfleet.jobs.ended", "Jobs that have ended", "state", state.wireName()));
            }
        }
        for (BatchOutcome outcome : BatchOutcome.values()) {
            String name = outcome.name().toLowerCase(Locale.ROOT);
            batchesEnded.put(
                    outcome, counter(meters, "renderfleet.batches.ended", "Batches that have ended", "outcome", name));
        }
        for (FailureKind kind : FailureKind.values()) {
            framesFailed.put(
                    kind,
                    counter(meters, "renderfleet.frames.failed", "Frames that were given up", "kind", kind.name()));
        }
        this.listening = farm.listen(this);
    }

    private static Counter counter(MeterRegistry meters, String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(meters);
    }

    private static Timer timer(MeterRegistry meters, String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(
                        Duration.ofMillis(10),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(10),
                        Duration.ofHours(1))
                .register(meters);
    }

    private static void count(@Nullable Counter counter, double amount) {
        if (counter != null) {
            counter.increment(amount);
        }
    }

    @Override
    public void onTransition(JobTransition transition) {
        if (transition instanceof JobTransition.JobSubmitted it) {
            submitted.increment();
            undispatched.put(it.job(), it.at());
        } else if (transition instanceof JobTransition.BatchDispatched it) {
            record(jobWait, undispatched.remove(it.job()), it.at());
            unanswered.put(it.attempt(), it.at());
            dispatched.increment();
        } else if (transition instanceof JobTransition.BatchAccepted it) {
            record(batchDispatch, unanswered.remove(it.attempt()), it.at());
        } else if (transition instanceof JobTransition.BatchEnded it) {
            unanswered.remove(it.attempt());
            count(batchesEnded.get(it.outcome()), 1);
        } else if (transition instanceof JobTransition.FramesAccepted it) {
            accepted.increment(it.frames().size());
            it.frames().forEach(frame -> frameRender.record(frame.renderTime()));
        } else if (transition instanceof JobTransition.FramesUnverified it) {
            unverified.increment(it.frames().size());
        } else if (transition instanceof JobTransition.FramesFailed it) {
            count(framesFailed.get(it.failure().kind()), it.frames().size());
        } else if (transition instanceof JobTransition.FramesRetried) {
            retried.increment();
        } else if (transition instanceof JobTransition.JobEnded it) {
            undispatched.remove(it.job());
            count(jobsEnded.get(it.state()), 1);
        }
    }

    private static void record(Timer timer, @Nullable Instant began, Instant ended) {
        if (began != null) {
            Duration took = Duration.between(began, ended);
            timer.record(took.isNegative() ? Duration.ZERO : took);
        }
    }

    @Override
    public void onNotice(FarmNotice notice) {
        if (notice instanceof FarmNotice.NodeLost) {
            nodesLost.increment();
        } else if (notice instanceof FarmNotice.NodeQuarantined) {
            nodesQuarantined.increment();
        } else if (notice instanceof FarmNotice.StoreFailed) {
            storeFailures.increment();
        }
    }

    /** Measures no more. */
    @Override
    public void close() {
        listening.close();
    }
}
