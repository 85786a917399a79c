package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Not at random moments but at each one that there is. What must hold is checked by the simulator, after every step. */
@DisplayName("At each step, the engine")
@ExtendWith(QuietEngine.class)
class EngineAtEachStepTest {
    private static SimulatedFarm.Builder farm() {
        return SimulatedFarm.builder()
                .node(NodeSpec.USUAL)
                .node(NodeSpec.ofSpeed(3).slots(2))
                .node(NodeSpec.ofSpeed(0.5))
                .frames(FrameCosts.constant(Duration.ofSeconds(2)))
                .latency(Duration.ofMillis(7))
                .storeLatency(Duration.ofMillis(3))
                .engine(engine -> engine.splitter(BatchSplitters.fixed(4)))
                .trace(true)
                .horizon(Duration.ofHours(1));
    }

    private static SimulationReport run(SimulatedFarm.Builder farm) {
        SimulationReport report = farm.build()
                .run(
                        RenderRequest.of(Scene.onNodes("one.blend"), "1-20"),
                        RenderRequest.of(Scene.onNodes("two.blend"), "1-9"));
        assertThat(report.results())
                .allSatisfy(result -> assertThat(result.state()).isEqualTo(JobState.COMPLETED));
        return report;
    }

    private static long leaders(SimulationReport report) {
        return report.trace().stream()
                .filter(line -> line.contains(" leads, epoch "))
                .count();
    }

    @Test
    @DisplayName("can die between one action and the next, and goes on where it was, rendering nothing again")
    void crash() {
        List<Integer> crashed = new ArrayList<>();
        long leaders = 2;
        for (int step = 0; leaders == 2; step++) {
            SimulationReport report =
                    run(farm().faults(Faults.none().next(Duration.ZERO, Fault.COORDINATOR_CRASH, null, step, 1)));
            leaders = leaders(report);
            if (leaders == 2) {
                crashed.add(step);
            }
        }
        assertThat(crashed).hasSizeGreaterThan(150);
    }

    @Test
    @DisplayName("can die twice in a row")
    void crashTwice() {
        for (int step = 0; step < 120; step += 3) {
            SimulationReport report =
                    run(farm().faults(Faults.none().next(Duration.ZERO, Fault.COORDINATOR_CRASH, null, step, 2)));
            assertThat(leaders(report)).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    @DisplayName("can be taken over by another coordinator while it stands still, and stands down when it goes on")
    void takeover() {
        for (int tenth = 0; tenth < 100; tenth++) {
            SimulationReport report = run(farm().faults(Faults.none()
                    .at(
                            Duration.ofMillis(tenth * 100L),
                            Fault.TAKEOVER,
                            1,
                            Duration.ofMillis(1 + tenth * 37 % 3_000))));
            assertThat(leaders(report)).isBetween(1L, 2L);
        }
    }

    @Test
    @DisplayName("can have a call or its answer lost, late or doubled")
    void calls() {
        for (Fault fault : List.of(
                Fault.LOST_REQUEST, Fault.LOST_RESPONSE, Fault.LATE_REQUEST, Fault.LATE_RESPONSE, Fault.DUPLICATE)) {
            for (CallKind call : CallKind.values()) {
                for (int step = 0; step < 6; step++) {
                    run(farm().faults(Faults.none().next(Duration.ZERO, fault, call, step, 1)));
                }
            }
        }
    }

    @Test
    @DisplayName("can have its store fail, before or after it has kept something")
    void store() {
        for (Fault fault : List.of(Fault.STORE_ERROR, Fault.STORE_LOST_ANSWER, Fault.STORE_SLOW)) {
            for (int step = 0; step < 60; step++) {
                run(farm().faults(Faults.none().next(Duration.ZERO, fault, null, step, 1)));
            }
        }
    }
}
