package io.renderfleet.core.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.spi.Target;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The free nodes")
class FreeNodesTest {
    private static final Comparator<NodeEntry> FASTEST_FIRST = Comparator.comparingDouble(
                    (NodeEntry entry) -> -entry.gates.rank())
            .thenComparingInt(entry -> entry.number);

    private static NodeEntry node(int number, SplittableRandom random) {
        NodeEntry entry = new NodeEntry(number, new Target.Machine(URI.create("test:" + number)), 0);
        entry.gates.rank(random.nextInt(5));
        describe(entry, random);
        return entry;
    }

    private static void describe(NodeEntry entry, SplittableRandom random) {
        Map<String, String> labels =
                Map.of("gpu", random.nextBoolean() ? "yes" : "no", "room", Integer.toString(random.nextInt(100)));
        entry.describe(new NodeDescription(
                new NodeId("n-" + entry.number), "b", "0", engines(random), 1, 0, false, labels, 1, 1, Set.of()));
    }

    private static List<EngineInfo> engines(SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> List.of();
            case 1 -> List.of(new EngineInfo("blender", "3.4.1"));
            default -> List.of(new EngineInfo("test-pattern", "1"));
        };
    }

    private static Set<Requirement> sorts(SplittableRandom random) {
        List<Requirement> sorts = List.of(
                new Requirement(Map.of(), null),
                new Requirement(Map.of("gpu", "yes"), "blender"),
                new Requirement(Map.of("room", Integer.toString(random.nextInt(100))), null),
                new Requirement(Map.of("gpu", "no", "room", Integer.toString(random.nextInt(100))), "test-pattern"),
                new Requirement(Map.of("gpu", "maybe"), null));
        return Set.of(sorts.get(random.nextInt(2)), sorts.get(2 + random.nextInt(3)));
    }

    @Test
    @DisplayName("are found by labels and engine, the fastest first, while they come, go, and change what they are")
    void foundByLabels() {
        SplittableRandom random = new SplittableRandom(1);
        FreeNodes free = new FreeNodes();
        List<NodeEntry> model = new ArrayList<>();
        for (int step = 0; step < 5_000; step++) {
            if (model.isEmpty() || (random.nextInt(3) > 0 && model.size() < 40)) {
                model.add(node(step, random));
                free.add(model.get(model.size() - 1));
            } else {
                NodeEntry entry = model.remove(random.nextInt(model.size()));
                assertThat(free.remove(entry)).isTrue();
                entry.gates.rank(random.nextInt(5));
                describe(entry, random);
                if (random.nextBoolean()) {
                    model.add(entry);
                    free.add(entry);
                }
            }

            Set<Requirement> sorts = sorts(random);
            List<NodeEntry> found = new ArrayList<>();
            for (NodeEntry entry = free.first(sorts); entry != null; entry = free.after(entry, sorts)) {
                found.add(entry);
            }
            TreeSet<NodeEntry> expected = new TreeSet<>(FASTEST_FIRST);
            model.stream()
                    .filter(entry -> sorts.stream().anyMatch(entry::satisfies))
                    .forEach(expected::add);
            assertThat(found).as("step %d, %s", step, sorts).containsExactlyElementsOf(expected);
        }
    }
}
