package io.renderfleet.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.FarmDiscovery;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.JobState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What stands in a farm, counted when somebody looks, at most once a second. */
final class FarmGauges {
    private static final Duration FRESH = Duration.ofSeconds(1);

    private FarmGauges() {}

    static void register(RenderExecutor farm, MeterRegistry meters) {
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
}
