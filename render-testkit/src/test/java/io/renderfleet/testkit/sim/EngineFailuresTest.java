package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.policy.RetryPolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("When something fails, the engine")
@ExtendWith(QuietEngine.class)
class EngineFailuresTest {
    private static final NodeSpec BAD = NodeSpec.USUAL.labels(Map.of("disk", "bad"));

    private final Diary diary = new Diary();

    private SimulatedFarm.Builder farm(int nodes, int batch) {
        return SimulatedFarm.builder()
                .nodes(nodes, NodeSpec.USUAL)
                .frames(FrameCosts.constant(Duration.ofSeconds(2)))
                .engine(engine -> set(engine, batch))
                .horizon(Duration.ofHours(5));
    }

    private RenderExecutorBuilder set(RenderExecutorBuilder engine, int batch) {
        diary.accept(engine.splitter(BatchSplitters.fixed(batch)).balance(BalancePolicy.none()));
        return engine;
    }

    private static RenderRequest shot(String frames) {
        return RenderRequest.of(Scene.onNodes("shot.blend"), frames);
    }

    private static RenderResult only(SimulationReport report) {
        assertThat(Script.played(report).results()).hasSize(1);
        return report.results().get(0);
    }

    private List<JobTransition.BatchEnded> failures() {
        return diary.all(JobTransition.BatchEnded.class).stream()
                .filter(end -> end.outcome() == BatchOutcome.FAILED)
                .toList();
    }

    private JobTransition.BatchDispatched dispatchOf(JobTransition.BatchEnded end) {
        return diary.dispatches().stream()
                .filter(sent -> sent.batch().equals(end.batch()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("ends a job at once whose request is wrong, after a single batch")
    void requestIsWrong() {
        RenderResult result = only(farm(1, 5)
                .trouble((frame, node) -> Failure.of(FailureKind.INVALID_REQUEST, "There is no such thing."))
                .build()
                .run(shot("1-50")));

        assertThat(result.state()).isEqualTo(JobState.FAILED);
        assertThat(result.failure()).isNotNull();
        assertThat(result.failure().kind()).isEqualTo(FailureKind.INVALID_REQUEST);
        assertThat(diary.dispatches()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_CAMERA", "MISSING_FILES", "SCRIPT_ERROR", "SCENE_UNREADABLE"})
    @DisplayName("ends a job early once two different nodes agree that the scene is at fault")
    void sceneIsAtFault(FailureKind kind) {
        RenderResult result = only(farm(8, 5)
                .trouble((frame, node) -> Failure.of(kind, "Something is wrong with the scene."))
                .build()
                .run(shot("1-400")));

        assertThat(result.failure()).isNotNull();
        assertThat(result.failure().kind()).isEqualTo(kind);
        List<JobTransition.BatchEnded> answers = diary.all(JobTransition.BatchEnded.class).stream()
                .filter(end -> end.failure() != null)
                .toList();
        assertThat(answers).hasSize(2);
        assertThat(answers.stream().map(end -> dispatchOf(end).target())).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("does not believe one node alone that the scene is at fault")
    void oneNodeIsNotEnough() {
        RenderResult result = only(farm(3, 5)
                .node(BAD)
                .trouble((frame, node) ->
                        node.equals(BAD) ? Failure.of(FailureKind.MISSING_FILES, "Textures are missing.") : null)
                .build()
                .run(shot("1-100")));

        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @DisplayName("isolates a poison frame that nobody names by splitting, and has all others rendered")
    void poisonIsIsolated() {
        RenderResult result = only(farm(4, 16)
                .trouble((frame, node) -> frame == 37 ? Failure.of(FailureKind.CRASHED, "The renderer crashed.") : null)
                .build()
                .run(shot("1-64")));

        assertThat(result.state()).isEqualTo(JobState.FAILED);
        assertThat(result.failed()).isEqualTo(FrameSet.of(37));
        assertThat(result.frames()).hasSize(63);
        List<Integer> sizes =
                failures().stream().map(end -> dispatchOf(end).frames().size()).toList();
        assertThat(sizes).startsWith(16).endsWith(1, 1, 1).hasSizeLessThan(9);
    }

    @Test
    @DisplayName("tries a frame as often as the policy says, and no more")
    void attempts() {
        RenderResult result = only(farm(4, 4)
                .poison(Set.of(6))
                .engine(engine ->
                        set(engine, 4).retry(new RetryPolicy(5, Duration.ofSeconds(1), Duration.ofSeconds(60), 2, 0.5)))
                .build()
                .run(shot("1-12")));

        assertThat(result.failed()).isEqualTo(FrameSet.of(6));
        assertThat(failures()).hasSize(5);
    }

    @Test
    @DisplayName("waits longer after each failure, and never twice the same time")
    void backoffWithJitter() {
        List<Duration> waits = new ArrayList<>();
        for (int seed = 1; seed <= 5; seed++) {
            diary.events().clear();
            farm(6, 1)
                    .seed(seed)
                    .poison(Set.of(1))
                    .engine(engine -> set(engine, 1)
                            .retry(new RetryPolicy(4, Duration.ofSeconds(8), Duration.ofHours(1), 2, 0.5)))
                    .build()
                    .run(shot("1"));
            for (int i = 0; i < 3; i++) {
                Duration wait = Duration.between(
                        failures().get(i).at(), diary.dispatches().get(i + 1).at());
                waits.add(wait);
                assertThat(wait)
                        .isBetween(
                                Duration.ofSeconds(4L << i),
                                Duration.ofSeconds(8L << i).plusMillis(10));
            }
        }
        assertThat(waits).doesNotHaveDuplicates();
    }

    /** The second frame fails so soon that the first, which is whole, is still on its way. */
    private SimulatedFarm.Builder failsWhileFetching(int attempts) {
        return farm(6, 2)
                .frames(FrameCosts.listed(List.of(Duration.ofSeconds(2), Duration.ofMillis(1))))
                .trouble((frame, node) ->
                        frame == 2 ? Failure.of(FailureKind.PROGRAM_FAILED, 2, "It ended with 1.") : null)
                .engine(engine -> set(engine, 2)
                        .retry(new RetryPolicy(attempts, Duration.ofSeconds(8), Duration.ofHours(1), 2, 0.5)));
    }

    @Test
    @DisplayName("waits also where the last whole frame of the failed batch is still being fetched")
    void backoffAfterFetching() {
        RenderResult result = only(failsWhileFetching(3).build().run(shot("1-2")));

        assertThat(result.failed()).isEqualTo(FrameSet.of(2));
        assertThat(failures()).hasSize(3);
        assertThat(Duration.between(
                        failures().get(0).at(), diary.dispatches().get(1).at()))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(4));
    }

    @Test
    @DisplayName("counts a failure also where the last whole frame of the failed batch is still being fetched")
    void countsAfterFetching() {
        RenderResult result = only(failsWhileFetching(1).build().run(shot("1-2")));

        assertThat(result.failed()).isEqualTo(FrameSet.of(2));
        assertThat(failures()).hasSize(1);
    }

    @Test
    @DisplayName("gives what a node failed to another node, and keeps what the failed batch had delivered")
    void avoidsTheNode() {
        RenderResult result = only(farm(0, 5)
                .node(BAD.speed(2))
                .node(NodeSpec.USUAL)
                .trouble((frame, node) ->
                        node.speed() == 2 && frame == 4 ? Failure.of(FailureKind.HUNG, "No sign of life.") : null)
                .build()
                .run(shot("1-5")));

        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
        assertThat(diary.nodes()).containsExactly("n1", "n2", "n2");
        assertThat(diary.dispatches().subList(1, 3))
                .extracting(JobTransition.BatchDispatched::frames)
                .containsExactlyInAnyOrder(FrameSet.of(4), FrameSet.of(5));
    }

    @Test
    @DisplayName("sends what ran out of memory to a larger node, and the rest of the job too")
    void outOfMemory() {
        RenderResult result = only(farm(3, 5)
                .node(NodeSpec.ofSpeed(0.5).memoryBytes(64L << 30))
                .frameMemory(frame -> frame >= 11 ? 32L << 30 : 1L << 30)
                .build()
                .run(shot("1-60")));

        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
        assertThat(failures()).hasSizeBetween(1, 3);
        assertThat(diary.dispatches())
                .filteredOn(sent ->
                        sent.at().isAfter(failures().get(failures().size() - 1).at()))
                .allMatch(sent -> sent.target().getHost().equals("n4"));
    }

    @Test
    @DisplayName("sends what ran out of memory to the only larger node even if that one failed the job just before")
    void outOfMemoryAfterAFailure() {
        Map<Integer, Integer> crashes = new HashMap<>();
        RenderResult result = only(farm(3, 1)
                .node(NodeSpec.USUAL.memoryBytes(64L << 30))
                .frameMemory(frame -> frame == 8 ? 32L << 30 : 1L << 30)
                .trouble((frame, node) -> node.memoryBytes() == 64L << 30 && crashes.merge(0, 1, Integer::sum) == 1
                        ? Failure.of(FailureKind.CRASHED, frame, "The renderer crashed.")
                        : null)
                .build()
                .run(shot("1-12")));

        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @DisplayName("leaves a node alone that fails batches in a row, tries it with one frame, and then longer")
    void quarantine() {
        RenderResult result = only(farm(0, 4)
                .node(BAD)
                .node(NodeSpec.ofSpeed(0.05))
                .trouble((frame, node) ->
                        node.equals(BAD) ? Failure.of(FailureKind.DISK_FULL, "There is no room.") : null)
                .engine(engine -> set(engine, 4)
                        .retry(new RetryPolicy(50, Duration.ofMillis(100), Duration.ofSeconds(1), 2, 0.5)))
                .build()
                .run(shot("1-80")));

        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
        List<FarmNotice.NodeQuarantined> notices = diary.all(FarmNotice.NodeQuarantined.class);
        assertThat(notices).hasSizeGreaterThan(2);
        for (int i = 0; i + 1 < notices.size(); i++) {
            FarmNotice.NodeQuarantined notice = notices.get(i);
            FarmNotice.NodeQuarantined next = notices.get(i + 1);
            List<JobTransition.BatchDispatched> between = diary.dispatches().stream()
                    .filter(sent -> sent.target().getHost().equals("n1")
                            && !sent.at().isBefore(notice.at())
                            && sent.at().isBefore(next.at()))
                    .toList();
            assertThat(notice.until()).isEqualTo(Duration.ofSeconds(Math.min(600, 30L << i)));
            assertThat(between).hasSize(1);
            assertThat(between.get(0).frames()).hasSize(1);
            assertThat(Duration.between(notice.at(), between.get(0).at())).isGreaterThanOrEqualTo(notice.until());
        }
    }

    @Test
    @DisplayName("gives a node nothing after its quarantine that was drained meanwhile, until that is taken back")
    void drainedInQuarantine() {
        for (int tenths = 300; tenths < 400; tenths += 5) {
            diary.events().clear();
            Duration drained = Duration.ofMillis(tenths * 100L);
            Duration undrained = Duration.ofSeconds(100);
            SimulationReport report = failing()
                    .at(drained, farm -> drain(farm, true))
                    .at(undrained, farm -> drain(farm, false))
                    .build()
                    // Three fail there in a row; the others would be tried there next.
                    .run(shot("1-2"), shot("1-2"), shot("1-2"), shot("1-2"), shot("1-2"));

            assertThat(report.results())
                    .allSatisfy(result -> assertThat(result.state()).isEqualTo(JobState.COMPLETED));
            Instant begun = diary.first(JobTransition.JobSubmitted.class).at();
            Instant soon = begun.plus(undrained).minusSeconds(1);
            assertThat(diary.dispatches())
                    .filteredOn(batch -> batch.target().getHost().equals("n1"))
                    .extracting(JobTransition.BatchDispatched::at)
                    .noneMatch(at -> at.isAfter(begun.plus(drained)) && at.isBefore(soon))
                    .anyMatch(at -> at.isAfter(soon));
        }
    }

    @Test
    @DisplayName("ends a node's quarantine once somebody lets it take work again")
    void resumedInQuarantine() {
        failing().build().run(shot("1-2"), shot("1-2"), shot("1-2"), shot("1-2"), shot("1-2"));
        Duration begins = diary.at(diary.first(FarmNotice.NodeQuarantined.class));
        Duration resumed = begins.plusSeconds(5);
        diary.events().clear();

        failing()
                .at(resumed, farm -> drain(farm, false))
                .build()
                .run(shot("1-2"), shot("1-2"), shot("1-2"), shot("1-2"), shot("1-2"));

        FarmNotice.NodeQuarantined notice = diary.first(FarmNotice.NodeQuarantined.class);
        assertThat(diary.at(notice)).isEqualTo(begins);
        assertThat(diary.dispatches())
                .filteredOn(batch -> batch.target().getHost().equals("n1"))
                .extracting(diary::at)
                .noneMatch(at -> at.compareTo(begins) > 0 && at.compareTo(resumed) < 0)
                .anyMatch(at -> at.compareTo(resumed) >= 0 && at.compareTo(resumed.plusSeconds(1)) < 0);
        assertThat(diary.all(FarmNotice.NodeUp.class)).extracting(diary::at).contains(resumed);
    }

    /** A node whose disk is full, and a slow one that is well. */
    private SimulatedFarm.Builder failing() {
        return farm(0, 1)
                .node(BAD)
                .node(NodeSpec.ofSpeed(0.05))
                .trouble((frame, node) ->
                        node.equals(BAD) ? Failure.of(FailureKind.DISK_FULL, "There is no room.") : null);
    }

    private static void drain(RenderExecutor farm, boolean drain) {
        NodeDescription described = farm.nodes().list().get(0).description();
        assertThat(described).isNotNull();
        NodeId bad = described.id();
        assertThat(drain ? farm.nodes().drain(bad) : farm.nodes().undrain(bad)).isTrue();
    }

    @Test
    @DisplayName("trusts a node again that passes its trial")
    void trialPassed() {
        Map<NodeSpec, Integer> failed = new HashMap<>();
        RenderResult result = only(farm(0, 4)
                .node(BAD)
                .node(NodeSpec.ofSpeed(0.05))
                .trouble((frame, node) -> node.equals(BAD) && failed.merge(node, 1, Integer::sum) <= 3
                        ? Failure.of(FailureKind.DISK_FULL, "There is no room.")
                        : null)
                .engine(engine -> set(engine, 4)
                        .retry(new RetryPolicy(50, Duration.ofMillis(100), Duration.ofSeconds(1), 2, 0.5)))
                .build()
                .run(shot("1-120")));

        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
        FarmNotice.NodeQuarantined notice = diary.first(FarmNotice.NodeQuarantined.class);
        assertThat(diary.all(FarmNotice.NodeUp.class)).hasSize(3);
        assertThat(diary.all(FarmNotice.NodeQuarantined.class)).hasSize(1);
        Map<Boolean, List<Integer>> sizes = diary.dispatches().stream()
                .filter(sent -> sent.target().getHost().equals("n1"))
                .collect(Collectors.partitioningBy(
                        sent -> sent.at().isAfter(notice.at()),
                        Collectors.mapping(sent -> sent.frames().size(), Collectors.toList())));
        assertThat(sizes.getOrDefault(true, List.of())).startsWith(1).endsWith(4, 4, 4);
    }

    @Test
    @DisplayName("counts no attempt for a lost node")
    void lostNodeCostsNoAttempt() {
        RenderResult result = only(farm(3, 5)
                .frames(FrameCosts.constant(Duration.ofSeconds(20)))
                .engine(engine ->
                        set(engine, 5).retry(new RetryPolicy(1, Duration.ofSeconds(1), Duration.ofSeconds(60), 2, 0.5)))
                .faults(Faults.none()
                        .at(Duration.ofSeconds(10), Fault.NODE_CRASH, 1, Duration.ofSeconds(30))
                        .at(Duration.ofSeconds(50), Fault.NODE_CRASH, 2, Duration.ofSeconds(30))
                        .at(Duration.ofSeconds(70), Fault.NODE_FREEZE, 3, Duration.ofSeconds(120))
                        .at(Duration.ofSeconds(90), Fault.NODE_RESTART, 1, Duration.ofSeconds(30)))
                .build()
                .run(shot("1-30")));

        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
        assertThat(diary.all(JobTransition.BatchEnded.class))
                .filteredOn(end -> end.outcome() == BatchOutcome.LOST)
                .hasSizeGreaterThanOrEqualTo(4);
        assertThat(diary.dispatches()).allMatch(sent -> sent.tryNumber() == 1);
    }

    @Test
    @DisplayName("takes nothing from an attempt that it had given up, however late it comes")
    void lateAttempt() {
        SimulationReport report = farm(2, 5)
                .frames(FrameCosts.constant(Duration.ofSeconds(10)))
                .faults(Faults.none().at(Duration.ofSeconds(25), Fault.NODE_FREEZE, 1, Duration.ofSeconds(55)))
                .trace(true)
                .build()
                .run(shot("1-20"));

        RenderResult result = only(report);
        JobTransition.BatchEnded lost = diary.all(JobTransition.BatchEnded.class).stream()
                .filter(end -> end.outcome() == BatchOutcome.LOST)
                .findFirst()
                .orElseThrow();
        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
        assertThat(diary.all(JobTransition.FramesAccepted.class))
                .noneMatch(accepted -> accepted.attempt().equals(lost.attempt())
                        && accepted.at().isAfter(lost.at()));
        assertThat(report.trace()).anyMatch(line -> line.contains(" n1 ") && line.contains("stops n1-j1"));
    }

    @Test
    @DisplayName("ends a job by its deadline when nobody ever answers")
    void deadline() {
        RenderResult result = only(farm(1, 5)
                .faults(Faults.none().at(Duration.ofSeconds(3), Fault.NODE_FREEZE, 1, Duration.ofHours(3)))
                .build()
                .run(shot("1-50").deadline(Duration.ofMinutes(20))));

        assertThat(result.failure()).isNotNull();
        assertThat(result.failure().kind()).isEqualTo(FailureKind.DEADLINE);
        assertThat(result.took()).isBetween(Duration.ofMinutes(20), Duration.ofMinutes(21));
    }
}
