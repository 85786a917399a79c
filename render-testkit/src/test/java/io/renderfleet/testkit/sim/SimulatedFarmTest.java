package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The simulated farm")
class SimulatedFarmTest {
    private static final RenderRequest SHOT = RenderRequest.of(Scene.onNodes("shot.blend"), "1-40");

    @Test
    @DisplayName("renders a job on virtual time")
    void rendersAJob() {
        SimulationReport report = SimulatedFarm.builder()
                .nodes(4, NodeSpec.USUAL)
                .frames(FrameCosts.constant(Duration.ofSeconds(10)))
                .build()
                .run(SHOT);
        assertThat(report.results()).singleElement().satisfies(result -> {
            assertThat(result.state()).isEqualTo(JobState.COMPLETED);
            assertThat(result.frames()).hasSize(40);
        });
        assertThat(report.lowerBound()).isEqualTo(Duration.ofSeconds(100));
        assertThat(report.makespan()).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(102));
        assertThat(report.extraWork()).isZero();
    }

    @Test
    @DisplayName("pays the start-up cost once while a node goes on with the same scene")
    void startUpIsPaidOnce() {
        SimulationReport report = SimulatedFarm.builder()
                .node(NodeSpec.USUAL.startUp(Duration.ofSeconds(30)))
                .frames(FrameCosts.constant(Duration.ofSeconds(1)))
                .engine(engine -> engine.splitter(BatchSplitters.fixed(4)))
                .build()
                .run(SHOT);
        assertThat(report.makespan()).isBetween(Duration.ofSeconds(70), Duration.ofSeconds(72));
    }

    @Test
    @DisplayName("gives the same trace for the same seed, byte for byte")
    void isDeterministic() {
        SimulatedFarm farm = SimulatedFarm.builder()
                .seed(42)
                .nodes(3, NodeSpec.USUAL)
                .nodes(2, NodeSpec.ofSpeed(0.4).slots(2))
                .frames(FrameCosts.logNormal(Duration.ofSeconds(5), 1, 42))
                .progressNoise(0.1)
                .trace(true)
                .build();
        assertThat(farm.run(SHOT, SHOT).trace())
                .hasSizeGreaterThan(100)
                .isEqualTo(farm.run(SHOT, SHOT).trace());
    }
}
