package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("From earlier jobs, the engine")
@ExtendWith(QuietEngine.class)
class EngineExperienceTest {
    private static final Duration LATER = Duration.ofHours(1);

    private final Diary diary = new Diary();

    /** A node that is eight times as fast as three others; frames of ten seconds; batches cut to what is known, and nothing moved afterwards. */
    private SimulatedFarm.Builder farm() {
        return SimulatedFarm.builder()
                .frames(FrameCosts.constant(Duration.ofSeconds(10)))
                .engine(engine ->
                        diary.accept(engine.splitter(BatchSplitters.adaptive()).balance(BalancePolicy.none())))
                .node(NodeSpec.ofSpeed(8))
                .nodes(3, NodeSpec.USUAL)
                .horizon(Duration.ofHours(5));
    }

    private static RenderRequest shot(String scene) {
        return RenderRequest.of(Scene.onNodes(scene), "1-400").inOrder(true);
    }

    /** The sizes of the first batches of the last job, for the fast node and for one of the others. */
    private List<Integer> firstSizes(SimulationReport report) {
        assertThat(report.results())
                .allSatisfy(result ->
                        assertThat(result.state()).as("%s", result.failure()).isEqualTo(JobState.COMPLETED));
        List<JobTransition.BatchDispatched> sent = diary.dispatchesOf(
                report.results().get(report.results().size() - 1).job());
        return List.of(firstOn("n1", sent), firstOn("n2", sent));
    }

    private static int firstOn(String node, List<JobTransition.BatchDispatched> sent) {
        return sent.stream()
                .filter(one -> one.target().getHost().equals(node))
                .findFirst()
                .orElseThrow()
                .frames()
                .size();
    }

    private static Submission at(Duration after, RenderRequest request) {
        return new Submission(after, request);
    }

    @Test
    @DisplayName("knows nothing of the first one: each node gets a small batch")
    void knowsNothing() {
        assertThat(firstSizes(farm().build().run(shot("shot.blend")))).containsExactly(5, 5);
    }

    @Test
    @DisplayName("knows what frames of a scene take, and how fast nodes are, when the scene comes again")
    void knowsTheScene() {
        List<Integer> sizes = firstSizes(
                farm().build().run(List.of(at(Duration.ZERO, shot("shot.blend")), at(LATER, shot("shot.blend")))));

        assertThat(sizes.get(0)).isBetween(60, 110);
        assertThat(sizes.get(1)).isBetween(7, 20);
    }

    @Test
    @DisplayName("takes the versions of a shot for one scene where they have one name, and others for what they are")
    void knowsTheName() {
        RenderRequest first = shot("shot_v1.blend").name("Shot 10");
        assertThat(firstSizes(farm().build()
                                .run(List.of(
                                        at(Duration.ZERO, first),
                                        at(LATER, shot("shot_v2.blend").name("Shot 10")))))
                        .get(0))
                .isBetween(60, 110);
        assertThat(firstSizes(farm().build()
                        .run(List.of(
                                at(Duration.ZERO, first),
                                at(LATER, shot("shot_v2.blend").name("Shot 20"))))))
                .allSatisfy(size -> assertThat(size).isBetween(1, 5));
    }

    @Test
    @DisplayName("still knows it after a restart")
    void remembers() {
        List<Integer> sizes =
                firstSizes(farm().faults(Faults.none().at(LATER.dividedBy(2), Fault.TAKEOVER, 0, Duration.ofSeconds(1)))
                        .build()
                        .run(List.of(at(Duration.ZERO, shot("shot.blend")), at(LATER, shot("shot.blend")))));

        assertThat(sizes.get(0)).isBetween(60, 110);
        assertThat(sizes.get(1)).isBetween(7, 20);
    }

    @Test
    @DisplayName("believes a request that says what a frame will take, before any was measured")
    void believesTheRequest() {
        List<Integer> sizes =
                firstSizes(farm().build().run(shot("shot.blend").expectedFrameTime(Duration.ofSeconds(10))));

        // A third of what each of four nodes of unknown speed has to do.
        assertThat(sizes).allSatisfy(size -> assertThat(size).isBetween(18, 34));
    }
}
