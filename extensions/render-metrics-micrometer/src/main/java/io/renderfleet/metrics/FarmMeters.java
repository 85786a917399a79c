package io.renderfleet.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FarmDiscovery;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.spi.RenderListener;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
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
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final MeterRegistry meters;
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
        this.meters = meters;
        CachedValue<Map<JobState, Integer>> jobs = new CachedValue<>(farm::jobCounts, FRESH, System::nanoTime);
        CachedValue<List<FarmNode>> nodes = new CachedValue<>(() -> farm.nodes().list(), FRESH, System::nanoTime);
        for (JobState state : JobState.values()) {
            gauge("renderfleet.jobs", "Jobs that are known", jobs, counts -> counts.getOrDefault(state, 0))
                    .tag("state", state.wireName())
                    .register(meters);
        }
        for (FarmNode.State state : FarmNode.State.values()) {
            gauge(
                            "renderfleet.nodes",
                            "Nodes that are known",
                            nodes,
                            list -> list.stream()
                                    .filter(node -> node.state() == state)
                                    .count())
                    .tag("state", state.wireName())
                    .register(meters);
        }
        gauge("renderfleet.slots", "Slots of nodes that are up", nodes, list -> up(list, FarmNode::slots))
                .register(meters);
        gauge(
                        "renderfleet.slots.busy",
                        "Slots of nodes that are up, and taken",
                        nodes,
                        list -> up(list, FarmNode::busy))
                .register(meters);
        Gauge.builder("renderfleet.ready", farm, theirs -> theirs.isReady() ? 1 : 0)
                .description("1 if jobs can be taken in, 0 while the store is down or another orchestrator leads")
                .register(meters);
        CachedValue<List<FarmDiscovery>> places =
                new CachedValue<>(() -> farm.nodes().discoveries(), FRESH, System::nanoTime);
        gauge("renderfleet.discoveries", "Places where nodes are looked for", places, List::size)
                .register(meters);
        gauge(
                        "renderfleet.discoveries.troubled",
                        "Places where nodes cannot be looked for now",
                        places,
                        list -> list.stream()
                                .filter(place -> place.trouble() != null)
                                .count())
                .register(meters);
        // All are there from the beginning, at 0: an alert on what grows must see the first time too.
        for (BatchOutcome outcome : BatchOutcome.values()) {
            batchesEnded(outcome);
        }
        for (JobState state : JobState.values()) {
            if (state.hasEnded()) {
                jobsEnded(state);
            }
        }
        for (FailureKind kind : FailureKind.values()) {
            framesFailed(kind);
        }
        batchesDispatched();
        nodesLost();
        nodesQuarantined();
        storeFailures();
        for (String happening : List.of("submitted", "retried")) {
            jobsThat(happening);
        }
        framesThat("accepted");
        framesThat("unverified");
        this.listening = farm.listen(this);
    }

    private static <T> Gauge.Builder<CachedValue<T>> gauge(
            String name, String description, CachedValue<T> standing, ToDoubleFunction<T> value) {
        return Gauge.builder(name, standing, it -> value.applyAsDouble(it.get()))
                .description(description)
                .strongReference(true);
    }

    private static double up(List<FarmNode> nodes, ToDoubleFunction<FarmNode> value) {
        return nodes.stream()
                .filter(node -> node.state() == FarmNode.State.UP)
                .mapToDouble(value)
                .sum();
    }

    @Override
    public void onTransition(JobTransition transition) {
        if (transition instanceof JobTransition.JobSubmitted it) {
            jobsThat("submitted").increment();
            undispatched.put(it.job(), it.at());
        } else if (transition instanceof JobTransition.BatchDispatched it) {
            dispatched(it);
        } else if (transition instanceof JobTransition.BatchAccepted it) {
            since(
                    unanswered.remove(it.attempt()),
                    it.at(),
                    "renderfleet.batch.dispatch",
                    "From the decision to the node's yes");
        } else if (transition instanceof JobTransition.BatchEnded it) {
            unanswered.remove(it.attempt());
            batchesEnded(it.outcome()).increment();
        } else if (transition instanceof JobTransition.FramesAccepted it) {
            framesThat("accepted").increment(it.frames().size());
            it.frames()
                    .forEach(
                            frame -> timer("renderfleet.frame.render", "What a node took for a frame that was accepted")
                                    .record(frame.renderTime()));
        } else if (transition instanceof JobTransition.FramesUnverified it) {
            framesThat("unverified").increment(it.frames().size());
        } else if (transition instanceof JobTransition.FramesFailed it) {
            framesFailed(it.failure().kind()).increment(it.frames().size());
        } else if (transition instanceof JobTransition.FramesRetried) {
            jobsThat("retried").increment();
        } else if (transition instanceof JobTransition.JobEnded it) {
            undispatched.remove(it.job());
            jobsEnded(it.state()).increment();
        }
    }

    private void dispatched(JobTransition.BatchDispatched it) {
        since(
                undispatched.remove(it.job()),
                it.at(),
                "renderfleet.job.wait",
                "From a job's submission to its first batch");
        unanswered.put(it.attempt(), it.at());
        batchesDispatched().increment();
    }

    @Override
    public void onNotice(FarmNotice notice) {
        if (notice instanceof FarmNotice.NodeLost) {
            nodesLost().increment();
        } else if (notice instanceof FarmNotice.NodeQuarantined) {
            nodesQuarantined().increment();
        } else if (notice instanceof FarmNotice.StoreFailed) {
            storeFailures().increment();
        }
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(meters);
    }

    private Counter batchesDispatched() {
        return counter("renderfleet.batches.dispatched", "Batches that were given to nodes");
    }

    private Counter nodesLost() {
        return counter("renderfleet.nodes.lost", "Nodes whose batches were given to others");
    }

    private Counter nodesQuarantined() {
        return counter("renderfleet.nodes.quarantined", "Nodes that failed too often and were left alone for a while");
    }

    private Counter storeFailures() {
        return counter("renderfleet.store.failures", "Times that the store could not be written any more");
    }

    private Counter jobsEnded(JobState state) {
        return Counter.builder("renderfleet.jobs.ended")
                .description("Jobs that have ended")
                .tag("state", state.wireName())
                .register(meters);
    }

    private void since(@Nullable Instant began, Instant ended, String name, String description) {
        if (began != null) {
            Duration took = Duration.between(began, ended);
            timer(name, description).record(took.isNegative() ? Duration.ZERO : took);
        }
    }

    private Timer timer(String name, String description) {
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

    private Counter jobsThat(String happening) {
        return counter("renderfleet.jobs." + happening, "Jobs that were " + happening);
    }

    private Counter batchesEnded(BatchOutcome outcome) {
        return Counter.builder("renderfleet.batches.ended")
                .description("Batches that have ended")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    private Counter framesThat(String happening) {
        return counter("renderfleet.frames." + happening, "Frames that were " + happening);
    }

    private Counter framesFailed(FailureKind kind) {
        return Counter.builder("renderfleet.frames.failed")
                .description("Frames that were given up")
                .tag("kind", kind.name())
                .register(meters);
    }

    /** Measures no more. */
    @Override
    public void close() {
        listening.close();
    }
}
