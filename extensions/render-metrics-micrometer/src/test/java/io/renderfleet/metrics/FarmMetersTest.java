package io.renderfleet.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.store.InMemoryJobStore;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.inproc.InProcessTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The meters of a farm in an application")
@Timeout(60)
class FarmMetersTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();

    FarmMetersTest() {}

    private double counted(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private double standing(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    @Test
    @DisplayName("count what a job did, by names and tags that no job and no node makes up")
    void aJob(@TempDir Path folder) throws Exception {
        InProcessTransport transport = new InProcessTransport();
        try (RenderNode node = RenderNode.builder()
                        .engine(new TestPatternEngine(Duration.ZERO))
                        .outputRoot(folder.resolve("node"))
                        .build();
                RenderExecutor farm = RenderExecutor.builder()
                        .renderer("test-pattern")
                        .transport(new MeasuredTransport(transport, registry))
                        .store(new MeasuredStore(new InMemoryJobStore(), registry))
                        .nodes("inproc:a")
                        .outputRoot(folder.resolve("out"))
                        .build();
                FarmMeters meters = new FarmMeters(farm, registry)) {
            assertThat(meters).isNotNull();
            assertThat(counted("renderfleet.frames.accepted")).isZero();
            transport.add("a", node);

            var result = farm.submit(
                            RenderRequest.of(Scene.nodeDefault(), "1-6").batchSize(2))
                    .completion()
                    .get(30, TimeUnit.SECONDS);

            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            await().untilAsserted(() -> {
                assertThat(counted("renderfleet.jobs.ended", "state", "completed"))
                        .isEqualTo(1);
                assertThat(standing("renderfleet.jobs", "state", "completed")).isEqualTo(1);
                assertThat(standing("renderfleet.slots")).isEqualTo(1);
            });
            assertThat(counted("renderfleet.jobs.submitted")).isEqualTo(1);
            assertThat(counted("renderfleet.frames.accepted")).isEqualTo(6);
            assertThat(counted("renderfleet.batches.dispatched")).isEqualTo(3);
            assertThat(registry.get("renderfleet.frame.render").timer().count()).isEqualTo(6);
            assertThat(registry.get("renderfleet.store.append")
                            .tag("outcome", "committed")
                            .timer()
                            .count())
                    .isPositive();
            assertThat(registry.get("renderfleet.node.calls")
                            .tag("call", "submit")
                            .timer()
                            .count())
                    .isEqualTo(3);
        }
        Set<String> tags = new TreeSet<>();
        registry.forEachMeter(
                meter -> meter.getId().getTags().stream().map(Tag::getKey).forEach(tags::add));
        assertThat(tags).containsExactly("call", "kind", "le", "outcome", "state");
    }

    @Test
    @DisplayName("have every outcome, end and kind of failure from the beginning, at nothing")
    void zero(@TempDir Path folder) {
        try (RenderExecutor farm = RenderExecutor.builder()
                        .transport(new InProcessTransport())
                        .outputRoot(folder)
                        .build();
                FarmMeters meters = new FarmMeters(farm, registry)) {
            assertThat(meters).isNotNull();
            assertThat(counted("renderfleet.jobs.ended", "state", "failed")).isZero();
            assertThat(counted("renderfleet.frames.failed", "kind", "OUT_OF_MEMORY"))
                    .isZero();
            assertThat(counted("renderfleet.nodes.lost")).isZero();
            assertThat(counted("renderfleet.store.failures")).isZero();
            assertThat(registry.find("renderfleet.jobs.ended").counters())
                    .extracting(Counter::count)
                    .hasSize(3);
        }
    }
}
