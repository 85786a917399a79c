package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two nodes, and a job that takes 100 s. */
@DisplayName("Of a scripted fault, the report of a simulated farm")
@ExtendWith(QuietEngine.class)
class ScriptedFaultsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private static SimulationReport run(Faults faults) {
        return SimulatedFarm.builder()
                .nodes(2, NodeSpec.USUAL)
                .frames(FrameCosts.constant(Duration.ofSeconds(10)))
                .engine(engine -> engine.splitter(BatchSplitters.fixed(5)))
                .faults(faults)
                .build()
                .run(RenderRequest.of(Scene.onNodes("shot.blend"), "1-20"));
    }

    private static List<Integer> struck(SimulationReport report) {
        return report.scripted().stream().map(ScriptedFault::struck).toList();
    }

    @Test
    @DisplayName("says that it struck")
    void struck() {
        SimulationReport report = run(Faults.none()
                .at(Duration.ofSeconds(20), Fault.NODE_CRASH, 2, Duration.ofSeconds(5))
                .next(Duration.ZERO, Fault.LOST_RESPONSE, CallKind.SUBMIT, 2));

        assertThat(struck(report)).containsExactly(1, 2);
        assertThat(report.missed()).isEmpty();
        assertThat(report.faults()).isEqualTo(Map.of(Fault.NODE_CRASH, 1L, Fault.LOST_RESPONSE, 2L));
    }

    @Test
    @DisplayName("does not count the crash of a node that is down already, nor what else a node cannot do then")
    void isDown() {
        SimulationReport report = run(Faults.none()
                .at(Duration.ofSeconds(20), Fault.NODE_CRASH, 2, HOUR)
                .at(Duration.ofSeconds(21), Fault.NODE_CRASH, 2, HOUR)
                .at(Duration.ofSeconds(22), Fault.NODE_RESTART, 2, HOUR)
                .at(Duration.ofSeconds(23), Fault.NODE_FREEZE, 2, HOUR)
                .at(Duration.ofSeconds(24), Fault.NODE_SLOWDOWN, 2, HOUR)
                .at(Duration.ofSeconds(25), Fault.NODE_DRAIN, 2, HOUR)
                .at(Duration.ofSeconds(26), Fault.THROTTLE_STORM, 2, HOUR)
                .at(Duration.ofSeconds(27), Fault.BUSY_STORM, 2, HOUR)
                .at(Duration.ofSeconds(28), Fault.FAR_RETRY_AFTER, 2, HOUR));

        assertThat(struck(report)).containsExactly(1, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(report.faults()).isEqualTo(Map.of(Fault.NODE_CRASH, 1L));
    }

    @Test
    @DisplayName("does not count what no call met, what came too late, and a node that there is not")
    void neverCame() {
        SimulationReport report = run(Faults.none()
                .next(Duration.ZERO, Fault.LOST_REQUEST, CallKind.UPLOAD, 1)
                .next(Duration.ZERO, Fault.DUPLICATE, CallKind.SUBMIT, 50, 1)
                .at(HOUR, Fault.TAKEOVER, 0, Duration.ofSeconds(1))
                .at(Duration.ofSeconds(5), Fault.NODE_FREEZE, 3, HOUR)
                .at(Duration.ofSeconds(12), Fault.STORE_OUTAGE, 0, Duration.ofMillis(1)));

        assertThat(struck(report)).containsOnly(0);
        assertThat(report.faults()).isEmpty();
        assertThat(report.missed())
                .extracting(ScriptedFault::toString)
                .startsWith(
                        "LOST_REQUEST of UPLOAD, from PT0S on: struck 0 of 1 time",
                        "DUPLICATE of SUBMIT, from PT0S on after 50: struck 0 of 1 time",
                        "TAKEOVER, from PT1H on: struck 0 of 1 time",
                        "NODE_FREEZE of node n3, from PT5S on: struck 0 of 1 time");
    }

    @Test
    @DisplayName("does not count the loss of an answer that nobody could give, nor a result that was never told")
    void nothingToLose() {
        SimulationReport report = run(Faults.none()
                .at(Duration.ofMillis(5), Fault.NODE_CRASH, 1, HOUR)
                .at(Duration.ofMillis(5), Fault.NODE_CRASH, 2, Duration.ofMinutes(1))
                .next(Duration.ofMillis(10), Fault.LOST_RESPONSE, CallKind.DESCRIBE, 1)
                .next(Duration.ZERO, Fault.PARTIAL_RESULT, null, 1));

        assertThat(struck(report)).containsExactly(1, 1, 0, 0);
    }

    @Test
    @DisplayName("says how often it struck where that is less than the script wants")
    void lessOften() {
        SimulationReport report = run(Faults.none().next(Duration.ZERO, Fault.LATE_RESPONSE, CallKind.SUBMIT, 1_000));

        assertThat(report.missed()).singleElement().satisfies(fault -> {
            assertThat(fault.struck()).isBetween(4, 20);
            assertThat(fault.times()).isEqualTo(1_000);
        });
    }
}
