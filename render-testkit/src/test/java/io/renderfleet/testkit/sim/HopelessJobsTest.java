package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.split.BatchSplitters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A job that cannot be rendered")
@ExtendWith(QuietEngine.class)
class HopelessJobsTest {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final NodeSpec NODE = NodeSpec.USUAL.startUp(Duration.ofSeconds(2));
    private static final String BAD = "bad.blend";

    private final Diary diary = new Diary();

    private SimulatedFarm.Builder farm(int nodes) {
        return SimulatedFarm.builder()
                .nodes(nodes, NODE)
                .frames(FrameCosts.constant(Duration.ofSeconds(2)))
                .engine(engine -> diary.accept(engine.splitter(BatchSplitters.fixed(5))))
                .horizon(Duration.ofHours(12));
    }

    private static LoadTrouble failing(FailureKind kind) {
        return (assignment, node) -> isBad(assignment.scene()) ? Failure.of(kind, "It cannot be done.") : null;
    }

    private static LoadTrouble failingWithFrame(FailureKind kind) {
        return (assignment, node) ->
                isBad(assignment.scene()) ? Failure.of(kind, assignment.frames().first(), "It cannot be done.") : null;
    }

    private static boolean isBad(Scene scene) {
        return scene.toString().contains(BAD);
    }

    private static RenderRequest sent(String frames) {
        return RenderRequest.of(new Scene.Local(Path.of(BAD), null, Pictures.of("scene", 1)), frames);
    }

    private static RenderRequest onNodes(String frames) {
        return RenderRequest.of(Scene.onNodes(BAD), frames);
    }

    private static RenderRequest good(String frames) {
        return RenderRequest.of(Scene.onNodes("good.blend"), frames);
    }

    private static void drain(RenderExecutor farm, Integer... numbers) {
        List<FarmNode> all = farm.nodes().list();
        for (int number : numbers) {
            NodeDescription node = all.get(number - 1).description();
            assertThat(node).isNotNull();
            farm.nodes().drain(node.id());
        }
    }

    private RenderResult failedSoon(SimulationReport report, FailureKind kind) {
        RenderResult result = Script.played(report).results().get(0);
        assertThat(result.state()).isEqualTo(JobState.FAILED);
        assertThat(result.failure()).isNotNull();
        assertThat(result.failure().kind()).isEqualTo(kind);
        Duration answered = diary.at(answers().get(0));
        Duration ended = diary.at(diary.all(JobTransition.JobEnded.class).stream()
                .filter(end -> end.job().equals(result.job()))
                .findFirst()
                .orElseThrow());
        assertThat(ended.minus(answered)).isLessThanOrEqualTo(SOON);
        return result;
    }

    /** What came back of batches with the reason why they were not rendered. */
    private List<JobTransition.BatchEnded> answers() {
        return diary.all(JobTransition.BatchEnded.class).stream()
                .filter(end -> end.failure() != null)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "SCENE_UNREADABLE",
                "SCENE_TOO_NEW",
                "NO_CAMERA",
                "NO_SUCH_SCENE",
                "NO_SUCH_VIEW_LAYER",
                "SCRIPTS_BLOCKED",
                "UNSUPPORTED_SETTING"
            })
    @DisplayName("for a fault of the scene that was sent ends at the first answer, with two other nodes drained")
    void sceneAtFault(FailureKind kind) {
        SimulationReport report = farm(3).loadTrouble(failing(kind))
                .at(Duration.ofSeconds(1), farm -> drain(farm, 2, 3))
                .build()
                .run(List.of(new Submission(Duration.ofSeconds(2), sent("1-20"))));

        failedSoon(report, kind);
        assertThat(diary.dispatches()).hasSize(1);
    }

    @Test
    @DisplayName("for want of a camera loads its scene once, though the renderer names the frame that it was at")
    void noCamera() {
        SimulationReport report = farm(1).loadTrouble(failingWithFrame(FailureKind.NO_CAMERA))
                .build()
                .run(sent("1-20"));

        failedSoon(report, FailureKind.NO_CAMERA);
        assertThat(diary.dispatches()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"SCENE_UNREADABLE", "DEVICE_UNAVAILABLE", "SCENE_NOT_HERE", "PROGRAM_FAILED", "MISSING_FILES"})
    @DisplayName("ends within a minute of its first answer beside an address where nobody ever answers")
    void deadAddress(FailureKind kind) {
        SimulationReport report = farm(1).engine(engine -> diary.accept(engine.nodes("sim://nobody")))
                .loadTrouble(failing(kind))
                .build()
                .run(kind == FailureKind.SCENE_UNREADABLE ? sent("1-20") : onNodes("1-20"));

        failedSoon(report, kind);
    }

    static Stream<Arguments> standings() {
        return Stream.of(
                        FailureKind.PROGRAM_FAILED,
                        FailureKind.SCRIPT_ERROR,
                        FailureKind.MISSING_FILES,
                        FailureKind.NO_CAMERA)
                .flatMap(kind -> Stream.of("drained", "down", "frozen", "slow", "busy", "unknown")
                        .flatMap(how -> Stream.of(true, false).map(named -> Arguments.of(kind, how, named))));
    }

    @ParameterizedTest(name = "{0} with the others {1}, naming a frame: {2}")
    @MethodSource("standings")
    @DisplayName("ends within a minute of its first answer, however the other nodes stand")
    void others(FailureKind kind, String how, boolean named) {
        SimulatedFarm.Builder farm = farm(3).loadTrouble(named ? failingWithFrame(kind) : failing(kind));
        Submission bad = new Submission(Duration.ofSeconds(30), onNodes("1-20"));
        Submission other =
                new Submission(Duration.ofSeconds(10), good("1-2").batchSize(1).maxRunning(2));
        Faults none = Faults.none();
        switch (how) {
            case "drained" -> farm.at(Duration.ofSeconds(1), engine -> drain(engine, 2, 3));
            case "down" ->
                farm.faults(none.at(Duration.ofSeconds(1), Fault.NODE_CRASH, 2, Duration.ofHours(1))
                        .at(Duration.ofSeconds(1), Fault.NODE_CRASH, 3, Duration.ofHours(1)));
            case "frozen" ->
                farm.faults(none.at(Duration.ofSeconds(31), Fault.NODE_FREEZE, 2, Duration.ofHours(1))
                        .at(Duration.ofSeconds(31), Fault.NODE_FREEZE, 3, Duration.ofHours(1)));
            case "slow" ->
                farm.faults(none.at(Duration.ofSeconds(1), Fault.NODE_SLOWDOWN, 2, Duration.ofHours(1))
                        .at(Duration.ofSeconds(1), Fault.NODE_SLOWDOWN, 3, Duration.ofHours(1)));
            case "busy" -> farm.frames(FrameCosts.constant(Duration.ofHours(1)));
            default -> farm.engine(engine -> diary.accept(engine.nodes("sim://n7", "sim://n8")));
        }
        SimulationReport report = farm.build().run(how.equals("busy") ? List.of(bad, other) : List.of(bad));

        failedSoon(report, kind);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("ends soon too where it crashes on every node that is up, though others are drained and down")
    void crashes(boolean named) {
        SimulationReport report = farm(4).loadTrouble(
                        named ? failingWithFrame(FailureKind.CRASHED) : failing(FailureKind.CRASHED))
                .at(Duration.ofSeconds(1), farm -> drain(farm, 3))
                .faults(Faults.none().at(Duration.ofSeconds(1), Fault.NODE_CRASH, 4, Duration.ofHours(1)))
                .build()
                .run(List.of(new Submission(Duration.ofMinutes(1), sent("1-200"))));

        failedSoon(report, FailureKind.CRASHED);
        assertThat(answers()).hasSizeLessThan(10);
    }

    @ParameterizedTest
    @EnumSource(
            names = {"SCRIPTS_BLOCKED", "NO_CAMERA", "PROGRAM_FAILED", "CRASHED", "OUT_OF_MEMORY", "HUNG", "UNKNOWN"})
    @DisplayName("takes no node from the others: the next job is rendered at once")
    void noQuarantine(FailureKind kind) {
        List<Submission> jobs = Stream.iterate(0, i -> i + 1)
                .limit(6)
                .map(i -> new Submission(Duration.ofSeconds(i), onNodes("1-20")))
                .toList();
        Submission next = new Submission(Duration.ofSeconds(200), good("1-10"));

        SimulationReport report = farm(2).loadTrouble(failing(kind))
                .build()
                .run(Stream.concat(jobs.stream(), Stream.of(next)).toList());

        assertThat(diary.all(FarmNotice.NodeQuarantined.class)).isEmpty();
        assertThat(report.results().subList(0, 6)).allMatch(result -> result.state() == JobState.FAILED);
        RenderResult good = report.results().get(6);
        assertThat(good.state()).isEqualTo(JobState.COMPLETED);
        assertThat(good.took()).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    @DisplayName(
            "but a node that crashes on jobs that others can render is left alone for a while, after three of them")
    void badNode() {
        NodeSpec bad = NODE.speed(3).labels(Map.of("driver", "broken"));
        Submission[] jobs = new Submission[8];
        Arrays.setAll(jobs, i -> new Submission(Duration.ofSeconds(60L * i), good("1-20")));

        SimulationReport report = farm(2).node(bad)
                .loadTrouble((assignment, node) ->
                        node.equals(bad) ? Failure.of(FailureKind.CRASHED, "The renderer crashed.") : null)
                .build()
                .run(List.of(jobs));

        assertThat(report.results()).allMatch(result -> result.state() == JobState.COMPLETED);
        FarmNotice.NodeQuarantined first = diary.first(FarmNotice.NodeQuarantined.class);
        assertThat(first.node().value()).isEqualTo("n3");
        assertThat(diary.at(first)).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(3));
    }

    @Test
    @DisplayName("for want of a newer renderer is tried where another node that is up has one")
    void newerRenderer() {
        SimulationReport report = farm(2).node(NODE.speed(0.1).engine(new EngineInfo("sim", "1.10")))
                .loadTrouble((assignment, node) -> node.engine().version().equals("1")
                        ? Failure.of(FailureKind.SCENE_TOO_NEW, "A newer version saved it.")
                        : null)
                .build()
                .run(sent("1-10"));

        assertThat(report.results().get(0).state()).isEqualTo(JobState.COMPLETED);
        assertThat(answers()).hasSizeLessThanOrEqualTo(2).allMatch(end -> end.outcome() == BatchOutcome.RETURNED);
    }

    @Test
    @DisplayName("ends at the first answer of a newer renderer, since the older ones will not do better")
    void olderRenderer() {
        SimulationReport report = farm(0).node(NODE.speed(3).engine(new EngineInfo("sim", "4.5")))
                .node(NODE.engine(new EngineInfo("sim", "3.4")))
                .loadTrouble(failing(FailureKind.SCENE_TOO_NEW))
                .build()
                .run(sent("1-5"));

        failedSoon(report, FailureKind.SCENE_TOO_NEW);
        assertThat(diary.dispatches()).hasSize(1);
    }

    @Test
    @DisplayName("is not one whose first frames alone are at fault: the others are rendered")
    void firstFramesAtFault() {
        SimulationReport report = farm(2).trouble((frame, node) ->
                        frame <= 12 ? Failure.of(FailureKind.MISSING_FILES, frame, "A picture is missing.") : null)
                .build()
                .run(onNodes("1-60"));

        assertThat(report.results().get(0).failed()).isEqualTo(FrameSet.range(1, 12));
        assertThat(report.results().get(0).frames()).hasSize(48);
    }

    @Test
    @DisplayName("is not one that a slow node renders, though another node fails it again and again")
    void slowNodeRenders() {
        NodeSpec broken = NODE.speed(5);
        SimulationReport report = farm(0).node(broken)
                .node(NODE)
                .frames(FrameCosts.constant(Duration.ofMinutes(10)))
                .loadTrouble((assignment, node) ->
                        node.equals(broken) ? Failure.of(FailureKind.PROGRAM_FAILED, "A module is missing.") : null)
                .build()
                .run(onNodes("1-10"));

        assertThat(report.results().get(0).state()).isEqualTo(JobState.COMPLETED);
    }
}
