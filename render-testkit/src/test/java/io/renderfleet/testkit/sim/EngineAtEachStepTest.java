package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.split.BatchSplitters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
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
                        RenderRequest.of(new Scene.Local(Path.of("one.blend"), null, Pictures.of("scene", 1)), "1-20"),
                        RenderRequest.of(Scene.onNodes("two.blend"), "1-9"));
        assertThat(report.results())
                .allSatisfy(result -> assertThat(result.state()).isEqualTo(JobState.COMPLETED));
        return report;
    }

    /** Has a fault at one step after the other until a run is over before the fault's step comes. Says at how many it struck. */
    private static int atEach(int most, IntFunction<SimulationReport> runWithFaultAt) {
        int step = 0;
        while (step < most && runWithFaultAt.apply(step).missed().isEmpty()) {
            step++;
        }
        return step;
    }

    private static long leaders(SimulationReport report) {
        return report.trace().stream()
                .filter(line -> line.contains(" leads, epoch "))
                .count();
    }

    @Tag("long")
    @Test
    @DisplayName("can die between one action and the next, and goes on where it was, rendering nothing again")
    void crash() {
        int crashes = atEach(1_000, step -> {
            SimulationReport report =
                    run(farm().faults(Faults.none().next(Duration.ZERO, Fault.COORDINATOR_CRASH, null, step, 1)));
            assertThat(leaders(report)).isEqualTo(report.missed().isEmpty() ? 2 : 1);
            return report;
        });
        assertThat(crashes).isGreaterThan(150);
    }

    @Test
    @DisplayName("can die twice in a row")
    void crashTwice() {
        for (int step = 0; step < 120; step += 3) {
            SimulationReport report =
                    run(farm().faults(Faults.none().next(Duration.ZERO, Fault.COORDINATOR_CRASH, null, step, 2)));
            assertThat(leaders(Script.played(report))).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    @DisplayName("can be taken over by another coordinator while it stands still, and stands down when it goes on")
    void takeover() {
        int takeovers = atEach(1_000, tenth -> {
            Duration sleep = Duration.ofMillis(1 + tenth * 37 % 3_000);
            SimulationReport report =
                    run(farm().faults(Faults.none().at(Duration.ofMillis(tenth * 100L), Fault.TAKEOVER, 1, sleep)));
            assertThat(leaders(report)).isEqualTo(report.missed().isEmpty() ? 2 : 1);
            return report;
        });
        assertThat(takeovers).isGreaterThan(85);
    }

    @Tag("long")
    @Test
    @DisplayName("can have a call or its answer lost, late or doubled")
    void calls() {
        for (Fault fault : List.of(
                Fault.LOST_REQUEST, Fault.LOST_RESPONSE, Fault.LATE_REQUEST, Fault.LATE_RESPONSE, Fault.DUPLICATE)) {
            for (CallKind call : EnumSet.complementOf(EnumSet.of(CallKind.LOG))) {
                int calls = atEach(
                        12,
                        step -> run(farm().node(NodeSpec.ofSpeed(0.1))
                                .faults(Faults.none().next(Duration.ZERO, fault, call, step, 1))));
                assertThat(calls).as("%s of %s", fault, call).isGreaterThan(1);
            }
        }
    }

    @Test
    @DisplayName("can have its store fail, before or after it has kept something")
    void store() {
        for (Fault fault : List.of(Fault.STORE_ERROR, Fault.STORE_LOST_ANSWER, Fault.STORE_SLOW)) {
            int appends =
                    atEach(1_000, step -> run(farm().faults(Faults.none().next(Duration.ZERO, fault, null, step, 1))));
            assertThat(appends).as("%s", fault).isGreaterThan(30);
        }
    }
}
