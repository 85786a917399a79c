package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("To end sooner, the engine")
@ExtendWith(QuietEngine.class)
class EngineBalanceTest {
    private final Diary diary = new Diary();

    private SimulatedFarm.Builder farm(BatchSplitter splitter, BalancePolicy balance) {
        return SimulatedFarm.builder()
                .frames(FrameCosts.constant(Duration.ofSeconds(10)))
                .engine(engine -> diary.accept(engine.splitter(splitter).balance(balance)))
                .horizon(Duration.ofHours(5));
    }

    private static BalancePolicy shortening() {
        return new BalancePolicy(true, false, 0, Duration.ofSeconds(1));
    }

    private static BalancePolicy speculation() {
        return new BalancePolicy(false, true, 0.05, Duration.ofSeconds(1));
    }

    private static RenderRequest shot(String frames) {
        return RenderRequest.of(Scene.onNodes("shot.blend"), frames);
    }

    private static SimulationReport complete(SimulationReport report) {
        assertThat(Script.played(report).results())
                .allSatisfy(result -> assertThat(result.state()).isEqualTo(JobState.COMPLETED));
        return report;
    }

    private List<Integer> sizesOn(String node) {
        return diary.dispatches().stream()
                .filter(sent -> sent.target().getHost().equals(node))
                .map(sent -> sent.frames().size())
                .toList();
    }

    @Test
    @DisplayName("cuts large batches early and single frames at the end")
    void largeEarlySmallLate() {
        complete(farm(BatchSplitters.adaptive(), BalancePolicy.none())
                .nodes(4, NodeSpec.USUAL)
                .build()
                .run(shot("1-400")));

        List<Integer> sizes = sizesOn("n1");
        assertThat(sizes).contains(1).anyMatch(size -> size >= 10);
        List<Integer> afterFirst =
                sizes.subList(sizes.indexOf(sizes.stream().max(Integer::compare).orElseThrow()), sizes.size());
        assertThat(afterFirst).isSortedAccordingTo((one, other) -> other - one);
    }

    @Test
    @DisplayName("begins a dear last frame early, so that nobody waits for it")
    void dearFrameAhead() {
        FrameCosts costs = frame -> Duration.ofSeconds(frame == 100 ? 300 : 10);
        SimulationReport report = complete(farm(BatchSplitters.adaptive(), BalancePolicy.none())
                .frames(costs)
                .nodes(4, NodeSpec.USUAL)
                .build()
                .run(shot("1-100")));

        // 1,290 s of work on four nodes; where that frame comes in its turn, it alone ends 200 s later.
        assertThat(report.ratio()).isLessThan(1.2);
    }

    @Test
    @DisplayName("cuts larger batches for faster nodes")
    void largerForFaster() {
        complete(farm(BatchSplitters.adaptive(), BalancePolicy.none())
                .node(NodeSpec.ofSpeed(4))
                .nodes(3, NodeSpec.USUAL)
                .build()
                .run(shot("1-400")));

        int fast = sizesOn("n1").stream().max(Integer::compare).orElseThrow();
        int slow = sizesOn("n2").stream().max(Integer::compare).orElseThrow();
        assertThat(fast).isGreaterThanOrEqualTo(2 * slow);
    }

    @Test
    @DisplayName("cuts longer batches where starting costs much beside a frame")
    void longerWhereStartingIsDear() {
        SimulationReport cheap = startingTakes(Duration.ZERO);
        SimulationReport dear = startingTakes(Duration.ofSeconds(20));

        assertThat(dear.batches()).isLessThan(cheap.batches());
    }

    /** Two scenes in turn, so that no start is a warm one. */
    private SimulationReport startingTakes(Duration startUp) {
        return complete(farm(BatchSplitters.adaptive(), BalancePolicy.none())
                .frames(FrameCosts.constant(Duration.ofSeconds(1)))
                .nodes(3, NodeSpec.USUAL.startUp(startUp))
                .build()
                .run(
                        RenderRequest.of(Scene.onNodes("one.blend"), "1-300"),
                        RenderRequest.of(Scene.onNodes("two.blend"), "1-300")));
    }

    @Test
    @DisplayName("has idle nodes take over untouched frames of the batch that would end last")
    void shortens() {
        SimulationReport without = complete(farm(BatchSplitters.fixed(20), BalancePolicy.none())
                .nodes(2, NodeSpec.USUAL)
                .build()
                .run(shot("1-30")));
        diary.events().clear();
        SimulationReport with = complete(farm(BatchSplitters.fixed(20), shortening())
                .nodes(2, NodeSpec.USUAL)
                .build()
                .run(shot("1-30")));

        assertThat(without.makespan()).isGreaterThanOrEqualTo(Duration.ofSeconds(200));
        assertThat(with.makespan()).isLessThan(Duration.ofSeconds(165));
        assertThat(with.extraWork()).isZero();
        assertThat(diary.all(JobTransition.BatchShortened.class)).isNotEmpty();
    }

    @Test
    @DisplayName("asks again when it hears nothing of a shortening, and loses and doubles no frame")
    void shortensUnheard() {
        for (Fault fault : List.of(Fault.LOST_REQUEST, Fault.LOST_RESPONSE, Fault.LATE_REQUEST, Fault.LATE_RESPONSE)) {
            SimulationReport report = complete(farm(BatchSplitters.fixed(20), shortening())
                    .nodes(2, NodeSpec.USUAL)
                    .faults(Faults.none().next(Duration.ZERO, fault, CallKind.SHORTEN, 2))
                    .build()
                    .run(shot("1-30")));
            assertThat(report.extraWork()).as("%s", fault).isZero();
            assertThat(report.makespan()).as("%s", fault).isLessThan(Duration.ofSeconds(200));
            assertThat(report.calls().get(CallKind.SHORTEN)).as("%s", fault).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    @DisplayName("shortens nothing on a node whose protocol cannot")
    void cannotShorten() {
        Set<Capability> capabilities = EnumSet.allOf(Capability.class);
        capabilities.remove(Capability.SHORTEN);
        SimulationReport report = complete(farm(BatchSplitters.fixed(20), BalancePolicy.ofDefaults())
                .nodes(2, NodeSpec.USUAL.capabilities(capabilities))
                .build()
                .run(shot("1-30")));

        assertThat(report.calls()).doesNotContainKey(CallKind.SHORTEN);
    }

    /** A slow node that gets its only frame just before the fast one is idle. */
    private SimulatedFarm.Builder slowLast(BalancePolicy balance) {
        return farm(BatchSplitters.fixed(1), balance).node(NodeSpec.USUAL).node(NodeSpec.ofSpeed(0.05));
    }

    @Test
    @DisplayName(
            "renders a last frame a second time where that is sooner done, takes the first copy, and stops the other")
    void speculates() {
        SimulationReport without =
                complete(slowLast(BalancePolicy.none()).build().run(shot("1-30")));
        diary.events().clear();
        SimulationReport with = complete(slowLast(speculation()).build().run(shot("1-30")));

        JobTransition.BatchDispatched second = diary.dispatches().stream()
                .filter(sent -> sent.speculationOn() != null)
                .findFirst()
                .orElseThrow();
        JobTransition.BatchDispatched first = diary.dispatches().stream()
                .filter(sent -> sent.batch().equals(second.speculationOn()))
                .findFirst()
                .orElseThrow();
        assertThat(with.makespan()).isLessThan(without.makespan().minusSeconds(90));
        assertThat(second.frames()).isEqualTo(first.frames());
        assertThat(diary.endOf(second.batch()).outcome()).isEqualTo(BatchOutcome.COMPLETED);
        assertThat(diary.endOf(first.batch()).outcome()).isEqualTo(BatchOutcome.CANCELLED);
        assertThat(diary.all(JobTransition.FramesAccepted.class))
                .filteredOn(accepted -> accepted.frames().stream()
                        .anyMatch(frame -> first.frames().contains(frame.frame())))
                .hasSize(1);
        assertThat(with.extraWork()).isBetween(0.0, 0.05);
    }

    @Test
    @DisplayName("takes an unmeasured node for slow while it renders its first frame, and renders that a second time")
    void knowsTheSlowByTheirFirstFrame() {
        SimulationReport report = complete(farm(BatchSplitters.fixed(1), speculation())
                .nodes(4, NodeSpec.USUAL)
                .node(NodeSpec.ofSpeed(0.02))
                .build()
                .run(shot("1-40")));

        assertThat(report.makespan()).isLessThan(Duration.ofSeconds(130));
        assertThat(report.extraWork()).isLessThan(0.05);
    }

    @Test
    @DisplayName(
            "keeps a second try for the frame that would end the job last, and waits for the node that is soonest done with it")
    void dearLastFrame() {
        SimulationReport report = complete(farm(BatchSplitters.fixed(1), speculation())
                .frames(frame -> Duration.ofSeconds(frame == 40 ? 1_000 : 10))
                .nodes(4, NodeSpec.USUAL)
                .nodes(2, NodeSpec.ofSpeed(1.5))
                .node(NodeSpec.ofSpeed(8))
                .build()
                .run(shot("1-40")));

        assertThat(report.makespan()).isLessThan(Duration.ofSeconds(250));
    }

    @Test
    @DisplayName("knows how long a last frame has been running, though nobody has asked for its progress before")
    void speculatesAtOnce() {
        complete(farm(BatchSplitters.fixed(1), new BalancePolicy(false, true, 0.2, Duration.ofSeconds(10)))
                .frames(FrameCosts.constant(Duration.ofSeconds(80)))
                .node(NodeSpec.USUAL)
                .node(NodeSpec.ofSpeed(8))
                .build()
                .run(shot("1-12")));

        JobTransition.BatchDispatched second = diary.dispatches().stream()
                .filter(sent -> sent.speculationOn() != null)
                .findFirst()
                .orElseThrow();
        JobTransition.BatchDispatched last = diary.dispatches().stream()
                .filter(sent -> sent.target().equals(second.target()) && sent.speculationOn() == null)
                .reduce((one, other) -> other)
                .orElseThrow();
        assertThat(Duration.between(diary.endOf(last.batch()).at(), second.at()))
                .isLessThan(Duration.ofSeconds(2));
    }

    @Test
    @DisplayName("lets the first of two copies win when the slow node turns out to be quicker")
    void originalWins() {
        SimulationReport report = complete(slowLast(speculation())
                .faults(Faults.none().at(Duration.ofSeconds(371), Fault.NODE_SLOWDOWN, 1, Duration.ofSeconds(600)))
                .build()
                .run(shot("1-39")));

        JobTransition.BatchDispatched second = diary.dispatches().stream()
                .filter(sent -> sent.speculationOn() != null)
                .findFirst()
                .orElseThrow();
        BatchId first = Objects.requireNonNull(second.speculationOn());
        assertThat(diary.endOf(first).outcome()).isEqualTo(BatchOutcome.COMPLETED);
        assertThat(diary.endOf(second.batch()).outcome()).isEqualTo(BatchOutcome.CANCELLED);
        assertThat(report.results().get(0).frames()).hasSize(39);
    }

    @Test
    @DisplayName("renders nothing twice where no node would be sooner done")
    void noUse() {
        SimulationReport report = complete(farm(BatchSplitters.fixed(1), BalancePolicy.ofDefaults())
                .nodes(4, NodeSpec.USUAL)
                .build()
                .run(shot("1-42")));

        assertThat(report.extraWork()).isZero();
    }

    @Tag("long")
    @Test
    @DisplayName("renders no more twice than a twentieth of the job's work, and a single frame")
    void bounded() {
        for (int seed = 1; seed <= 20; seed++) {
            SimulationReport report = complete(farm(BatchSplitters.adaptive(), BalancePolicy.ofDefaults())
                    .seed(seed)
                    .frames(FrameCosts.logNormal(Duration.ofSeconds(10), 1, seed))
                    .progressNoise(0.1)
                    .nodes(5, NodeSpec.USUAL)
                    .nodes(5, NodeSpec.ofSpeed(6))
                    .build()
                    .run(shot("1-400")));
            assertThat(report.extraWork()).as("seed %d", seed).isLessThan(0.05);
        }
    }

    @Test
    @DisplayName("leaves fixed and guided batches to whoever wants them")
    void otherSplitters() {
        complete(farm(BatchSplitters.fixed(7), BalancePolicy.none())
                .node(NodeSpec.USUAL)
                .build()
                .run(shot("1-30")));
        assertThat(sizesOn("n1")).containsExactly(7, 7, 7, 7, 2);
        diary.events().clear();
        complete(farm(BatchSplitters.guided(4), BalancePolicy.none())
                .node(NodeSpec.USUAL)
                .build()
                .run(shot("1-30")));
        assertThat(sizesOn("n1")).startsWith(7, 5, 4, 3).endsWith(1, 1, 1);
        assertThat(diary.frames(diary.dispatches().get(0).job())).isEqualTo(FrameSet.range(1, 30));
    }
}
