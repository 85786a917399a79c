package io.renderfleet.transport.queue;

import static java.util.stream.Collectors.toCollection;

import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.transport.queue.wire.Presence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The workers of a pool that were heard lately. Belongs to the transport's loop. */
final class WorkerRoll {
    private static final int MOST = 10_000;

    private final Map<String, Seen> workers = new LinkedHashMap<>();

    private record Seen(NodeDescription worker, long heardNanos) {}

    /** A worker says who it is; true if it was started anew since it was last heard. */
    boolean heard(NodeDescription worker, Presence presence, long nowNanos) {
        String id = worker.id().value();
        if (presence.leaves()) {
            workers.remove(id);
            return false;
        }
        Seen before = workers.get(id);
        if (before != null || workers.size() < MOST) {
            workers.put(id, new Seen(worker, nowNanos));
        }
        return before != null && !before.worker().bootId().equals(worker.bootId());
    }

    /** Forgets who was not heard since a moment. */
    void forgetBefore(long nanos) {
        workers.values().removeIf(seen -> seen.heardNanos() - nanos < 0);
    }

    List<NodeDescription> all() {
        return workers.values().stream().map(Seen::worker).toList();
    }

    List<PoolStanding.Worker> standing(long nowNanos) {
        return workers.values().stream()
                .map(seen -> new PoolStanding.Worker(
                        seen.worker(), Duration.ofNanos(Math.max(0, nowNanos - seen.heardNanos()))))
                .toList();
    }

    /**
     * What all workers have in common, since any of them may take a batch: labels and engines that each of them has, and the memory of the
     * smallest.
     */
    NodeDescription describe(NodeId pool, int capacity, int held, Set<Capability> capabilities) {
        Collection<NodeDescription> all = all();
        return new NodeDescription(
                pool,
                pool.value(),
                all.stream()
                        .map(NodeDescription::version)
                        .distinct()
                        .reduce((one, other) -> "mixed")
                        .orElse("unknown"),
                commonEngines(all),
                capacity,
                held,
                false,
                commonLabels(all),
                all.stream().mapToInt(NodeDescription::cores).min().orElse(0),
                all.stream().mapToLong(NodeDescription::memoryBytes).min().orElse(0),
                commonCapabilities(all, capabilities));
    }

    private static Set<Capability> commonCapabilities(Collection<NodeDescription> all, Set<Capability> capabilities) {
        Set<Capability> common = EnumSet.copyOf(capabilities);
        all.forEach(worker -> common.retainAll(worker.capabilities()));
        return common;
    }

    private static Map<String, String> commonLabels(Collection<NodeDescription> all) {
        Map<String, String> common = null;
        for (NodeDescription worker : all) {
            if (common == null) {
                common = new LinkedHashMap<>(worker.labels());
            } else {
                common.entrySet().retainAll(worker.labels().entrySet());
            }
        }
        return common == null ? Map.of() : common;
    }

    /** By name, in each version that a worker has. */
    private static List<EngineInfo> commonEngines(Collection<NodeDescription> all) {
        Set<String> names = null;
        Map<String, Set<String>> versions = new LinkedHashMap<>();
        for (NodeDescription worker : all) {
            Set<String> here =
                    worker.engines().stream().map(EngineInfo::name).collect(toCollection(LinkedHashSet::new));
            worker.engines()
                    .forEach(engine -> versions.computeIfAbsent(engine.name(), name -> new LinkedHashSet<>())
                            .add(engine.version()));
            if (names == null) {
                names = here;
            } else {
                names.retainAll(here);
            }
        }
        List<EngineInfo> common = new ArrayList<>();
        for (String name : names == null ? Set.<String>of() : names) {
            versions.getOrDefault(name, Set.of()).forEach(version -> common.add(new EngineInfo(name, version)));
        }
        return common;
    }
}
