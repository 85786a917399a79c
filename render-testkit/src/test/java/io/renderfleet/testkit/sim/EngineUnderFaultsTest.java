package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Faults at set times, each of which the engine once did not take as it must. What must hold is checked by the simulator itself, after
 * every step; what is said here is what must come of it besides.
 */
@DisplayName("Under faults, the engine")
@ExtendWith(QuietEngine.class)
class EngineUnderFaultsTest {
    private static final int SEEDS = 20;

    private static Duration seconds(double value) {
        return Duration.ofMillis((long) (value * 1000));
    }

    private static SimulatedFarm.Builder farm(int nodes, NodeSpec spec) {
        return SimulatedFarm.builder()
                .nodes(nodes, spec)
                .frames(FrameCosts.constant(seconds(5)))
                .latency(Duration.ofMillis(20))
                .engine(engine -> engine.splitter(BatchSplitters.fixed(4)).balance(BalancePolicy.none()))
                .horizon(Duration.ofHours(2))
                .trace(false);
    }

    /** Runs a farm under some seeds, so that its timers fall before and after the faults. */
    private static void completes(String frames, SimulatedFarm.Builder farm, Consumer<SimulationReport> also) {
        for (int seed = 1; seed <= SEEDS; seed++) {
            SimulationReport report =
                    farm.seed(seed).build().run(RenderRequest.of(Scene.onNodes("shot.blend"), frames));
            assertThat(Script.played(report).results())
                    .allSatisfy(result -> assertThat(result.state())
                            .as("%s under seed %d", result.failure(), report.seed())
                            .isEqualTo(JobState.COMPLETED));
            also.accept(report);
        }
    }

    private static void completes(String frames, SimulatedFarm.Builder farm) {
        completes(frames, farm, report -> {});
    }

    @Test
    @DisplayName("waits out a 429 with polls and submits, whichever call was answered so")
    void throttledByAnyCall() {
        completes(
                "1-24",
                farm(1, NodeSpec.USUAL)
                        .engine(engine -> engine.splitter(BatchSplitters.fixed(12)))
                        .faults(Faults.none().at(seconds(12), Fault.THROTTLE_STORM, 1, seconds(30))));
    }

    @Test
    @DisplayName("waits out a 503 also with a batch that the node may have taken before")
    void asksAgainAfterTheGate() {
        completes(
                "1-12",
                farm(1, NodeSpec.USUAL.slots(2))
                        .faults(Faults.none()
                                .next(Duration.ZERO, Fault.LOST_REQUEST, CallKind.SUBMIT, 1)
                                .at(Duration.ZERO, Fault.BUSY_STORM, 1, seconds(60))));
    }

    @Test
    @DisplayName("does not take a node for restarted because another one answered in its place")
    void misroutedDescription() {
        completes(
                "1-60",
                farm(3, NodeSpec.USUAL)
                        .faults(Faults.none()
                                .at(Duration.ZERO, Fault.FAR_RETRY_AFTER, 2, Duration.ofDays(30))
                                .at(Duration.ZERO, Fault.FAR_RETRY_AFTER, 3, Duration.ofDays(30))
                                .next(seconds(20), Fault.MISROUTED, CallKind.DESCRIBE, 3)));
    }

    @Test
    @DisplayName("begins a job as soon as a node that is free turns out to have the labels which it requires")
    void labelsThatAreKnownLate() {
        Map<String, String> gpu = Map.of("gpu", "yes");
        SimulationReport report = farm(1, NodeSpec.USUAL.labels(gpu))
                .node(NodeSpec.USUAL.capabilities(Set.of()))
                .faults(Faults.none().next(Duration.ZERO, Fault.MISROUTED, CallKind.DESCRIBE, 1))
                .build()
                .run(RenderRequest.of(Scene.onNodes("shot.blend"), "1-4").requires(gpu));
        assertThat(Script.played(report).makespan()).isLessThan(seconds(40));
    }

    @Test
    @DisplayName("cuts a Retry-After of days to five minutes")
    void farRetryAfterIsCut() {
        completes(
                "1-8",
                farm(1, NodeSpec.USUAL)
                        .faults(Faults.none().at(Duration.ZERO, Fault.FAR_RETRY_AFTER, 1, Duration.ofDays(1000))),
                report -> assertThat(report.makespan()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(7)));
    }

    @Test
    @DisplayName("blames nobody for frames that a node gave up without being heard")
    void shortenedUnheard() {
        completes(
                "1-12",
                farm(1, NodeSpec.ofSpeed(4))
                        .node(NodeSpec.USUAL)
                        .frames(FrameCosts.constant(seconds(2)))
                        .engine(engine -> engine.splitter(BatchSplitters.fixed(6)))
                        .faults(Faults.none().next(Duration.ZERO, Fault.LOST_RESPONSE, CallKind.SHORTEN, 1)));
    }

    @Test
    @DisplayName("knows after a change of coordinators that a node may have given frames up")
    void shortenedUnderAnotherCoordinator() {
        completes(
                "1-24",
                farm(1, NodeSpec.ofSpeed(4))
                        .node(NodeSpec.USUAL)
                        .engine(engine -> engine.splitter(BatchSplitters.fixed(12)))
                        .faults(Faults.none()
                                .next(Duration.ZERO, Fault.LOST_RESPONSE, CallKind.SHORTEN, 1)
                                .at(seconds(24), Fault.TAKEOVER, 1, seconds(1))));
    }

    @Test
    @DisplayName("fetches what was rendered while it was away, although the nodes have not told yet what they can")
    void fetchesAfterItsRestart() {
        completes(
                "1-24",
                farm(2, NodeSpec.USUAL)
                        .faults(Faults.none()
                                .at(seconds(15), Fault.TAKEOVER, 1, seconds(30))
                                .next(seconds(15), Fault.LOST_REQUEST, CallKind.DESCRIBE, 1)
                                .next(seconds(15), Fault.LOST_REQUEST, CallKind.DESCRIBE, 2)),
                report -> assertThat(report.results())
                        .allSatisfy(result -> assertThat(result.unverified()).isEqualTo(FrameSet.empty())));
    }

    @Test
    @DisplayName("sends nothing any more once it knows that another coordinator has taken over")
    void standsDown() {
        completes(
                "1-240",
                farm(3, NodeSpec.USUAL.slots(2))
                        .frames(FrameCosts.constant(seconds(0.1)))
                        .engine(engine -> engine.splitter(BatchSplitters.fixed(20)))
                        .storeLatency(Duration.ofMillis(10))
                        .faults(Faults.none().at(seconds(1), Fault.TAKEOVER, 1, seconds(5))));
    }

    @Test
    @DisplayName("sends no scene any more either, though it was about to when it learned of the other one")
    void standsDownWithAScene() {
        Scene sent = new Scene.Local(Path.of("shot.blend"), null, new Sha256("ab".repeat(32)));
        for (int at = 50; at <= 150; at++) {
            SimulationReport report = farm(3, NodeSpec.USUAL)
                    .faults(Faults.none().at(Duration.ofMillis(at), Fault.TAKEOVER, 1, seconds(5)))
                    .build()
                    .run(List.of(
                            new Submission(Duration.ZERO, RenderRequest.of(sent, "1-8")),
                            new Submission(Duration.ZERO, RenderRequest.of(Scene.onNodes("other.blend"), "1-4"))));

            // A call of one that has stood down is a violation.
            assertThat(Script.played(report).results())
                    .allSatisfy(result -> assertThat(result.state()).isEqualTo(JobState.COMPLETED));
        }
    }

    @Test
    @DisplayName("goes on once the store can be written again")
    void storeRecovers() {
        completes(
                "1-24",
                farm(2, NodeSpec.USUAL)
                        .storeLatency(Duration.ofMillis(5))
                        .faults(Faults.none().at(seconds(15), Fault.STORE_OUTAGE, 1, seconds(40))),
                report -> assertThat(report.makespan()).isLessThan(seconds(110)));
    }

    @Test
    @DisplayName("counts the silence of a node from when it was first asked, however slow the store is")
    void slowStore() {
        completes(
                "1-8",
                farm(1, NodeSpec.USUAL)
                        .faults(Faults.none()
                                .next(Duration.ZERO, Fault.STORE_SLOW, null, 2)
                                .next(Duration.ZERO, Fault.LOST_REQUEST, CallKind.SUBMIT, 1)));
    }

    @Test
    @DisplayName(
            "gives no batch to others that an earlier coordinator may have sent, because its node is down just now")
    void downAfterTakeover() {
        completes(
                "1-8",
                farm(2, NodeSpec.USUAL)
                        .storeLatency(Duration.ofMillis(5))
                        .faults(Faults.none()
                                .next(Duration.ZERO, Fault.LOST_RESPONSE, CallKind.SUBMIT, 2)
                                .at(seconds(1), Fault.NODE_RESTART, 1, seconds(5))
                                .at(seconds(1), Fault.TAKEOVER, 1, seconds(1))));
    }

    @Test
    @DisplayName("holds one poll of a batch while it looks for one to shorten, not one more each time it looks")
    void pollsDoNotPileUp() {
        completes(
                "1-8",
                farm(1, NodeSpec.USUAL)
                        .node(NodeSpec.ofSpeed(0.2))
                        .frames(FrameCosts.constant(seconds(20)))
                        .engine(engine -> engine.splitter(BatchSplitters.fixed(4))
                                .balance(new BalancePolicy(true, false, 0, seconds(1)))),
                report -> assertThat(report.calls().get(CallKind.POLL)).isLessThan(110));
    }

    @Test
    @DisplayName("ends a job as it ended, also when it is taken up again before its end is durable")
    void takenUpAgainBeforeItsEndIsDurable() {
        SimulatedFarm.Builder farm =
                farm(1, NodeSpec.USUAL).storeLatency(seconds(2)).poison(Set.of(3));
        for (int i = 0; i < 300; i++) {
            farm.at(seconds(i * 0.7), EngineUnderFaultsTest::retryWhatHasFailed);
        }
        SimulationReport report = farm.build().run(RenderRequest.of(Scene.onNodes("shot.blend"), "1-4"));
        assertThat(report.results()).singleElement().satisfies(result -> {
            assertThat(result.state()).isEqualTo(JobState.FAILED);
            assertThat(result.failed()).isEqualTo(FrameSet.of(3));
        });
    }

    private static void retryWhatHasFailed(RenderExecutor executor) {
        for (RenderJob job : executor.jobs()) {
            if (job.state() == JobState.FAILED) {
                executor.job(job.id()).ifPresent(RenderHandle::retry);
            }
        }
    }
}
