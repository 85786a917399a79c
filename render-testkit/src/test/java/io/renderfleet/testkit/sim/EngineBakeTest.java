package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Of a simulation that is not baked, the engine")
@ExtendWith(QuietEngine.class)
class EngineBakeTest {
    private static final NodeSpec BAKES = NodeSpec.USUAL.capabilities(EnumSet.allOf(Capability.class));
    private static final Scene SCENE = new Scene.Local(Path.of("cloth.blend"), "cloth.blend", Pictures.of("cloth", 1));

    private final Diary diary = new Diary();

    /** Frames of a second, and a simulation of 100 frames. */
    private SimulatedFarm.Builder farm(double secondsAStep) {
        UnbakedSimulation simulation = new UnbakedSimulation(1, 100, secondsAStep);
        return SimulatedFarm.builder()
                .frames(FrameCosts.constant(Duration.ofSeconds(1)))
                .unbaked(scene -> scene.equals(SCENE) ? simulation : null)
                .engine(engine ->
                        diary.accept(engine.splitter(BatchSplitters.fixed(10)).balance(BalancePolicy.none())))
                .trace(true)
                .horizon(Duration.ofHours(5));
    }

    private static RenderRequest shot(Simulation simulation) {
        return RenderRequest.of(SCENE, "1-100").scenePolicy(new ScenePolicy(simulation, MissingFiles.FAIL, Set.of()));
    }

    private static SimulationReport complete(SimulationReport report) {
        assertThat(Script.played(report).results())
                .allSatisfy(result -> assertThat(result.state()).isEqualTo(JobState.COMPLETED));
        return report;
    }

    private List<SceneUse> scenes() {
        return diary.dispatches().stream()
                .map(JobTransition.BatchDispatched::scene)
                .toList();
    }

    private List<String> warnings(SimulationReport report) {
        return report.results().get(0).warnings().stream()
                .map(warning -> warning.kind() + ": " + warning.message())
                .toList();
    }

    @Test
    @DisplayName("has one node bake for all where that is asked for, and nothing else is rendered until it has")
    void bakesOnce() {
        SimulationReport report = complete(farm(0.5).nodes(4, BAKES).build().run(shot(Simulation.BAKE)));

        assertThat(scenes()).startsWith(SceneUse.TO_BAKE).hasSize(10);
        assertThat(scenes().subList(1, 10)).containsOnly(SceneUse.BAKED);
        JobTransition.SceneReported baked = diary.all(JobTransition.SceneReported.class).stream()
                .filter(report1 -> report1.baked() != null)
                .findFirst()
                .orElseThrow();
        assertThat(diary.events().indexOf(baked))
                .isLessThan(diary.events().indexOf(diary.dispatches().get(1)));
        // 50 s to bake, then 100 frames of a second on four nodes, in batches of ten: three rounds.
        assertThat(report.makespan()).isBetween(Duration.ofSeconds(75), Duration.ofSeconds(90));
        assertThat(diary.all(JobTransition.SceneReported.class).get(0).frameRate())
                .isEqualTo(FrameRate.of(24));
        assertThat(warnings(report)).isEmpty();
    }

    @Test
    @DisplayName("lets all nodes begin as soon as it is known that nothing needs to be baked")
    void needless() {
        SimulationReport report = complete(farm(0.5)
                .nodes(4, BAKES.startUp(Duration.ofSeconds(3)))
                .unbaked(scene -> null)
                .build()
                .run(shot(Simulation.BAKE)));

        assertThat(scenes().subList(1, 10)).containsOnly(SceneUse.AS_SENT);
        assertThat(report.makespan()).isLessThan(Duration.ofSeconds(40));
    }

    @Test
    @DisplayName("has sessions step where no node bakes, and says so")
    void nobodyBakes() {
        SimulationReport report =
                complete(farm(0.1).nodes(3, NodeSpec.USUAL).build().run(shot(Simulation.BAKE)));

        assertThat(scenes()).containsOnly(SceneUse.AS_SENT);
        assertThat(warnings(report))
                .containsExactly("simulation: No node that can be had bakes simulations:"
                        + " each session steps through them instead.");
    }

    @Test
    @DisplayName("has sessions step where the scene lies on the nodes, and says so")
    void notSent() {
        RenderRequest there = RenderRequest.of(Scene.onNodes("cloth.blend"), "1-20")
                .scenePolicy(new ScenePolicy(Simulation.BAKE, MissingFiles.FAIL, Set.of()));

        SimulationReport report = complete(farm(0.1).nodes(3, BAKES).build().run(there));

        assertThat(scenes()).containsOnly(SceneUse.AS_SENT);
        assertThat(warnings(report))
                .singleElement()
                .asString()
                .startsWith("simulation: No node bakes for the others: for that the scene must be sent to the nodes");
    }

    @Test
    @DisplayName("waits for a node that bakes rather than give the first batch to one that does not")
    void onlyTheCapable() {
        complete(farm(0.1).node(NodeSpec.USUAL.speed(3)).node(BAKES).build().run(shot(Simulation.BAKE)));

        assertThat(diary.dispatches().get(0).scene()).isEqualTo(SceneUse.TO_BAKE);
        assertThat(diary.dispatches().get(0).target().getHost()).isEqualTo("n2");
    }

    @Test
    @DisplayName("leaves it to the sessions by default where steps are cheap, and has it baked where they are dear")
    void weighsCosts() {
        complete(farm(0.01).nodes(4, BAKES).build().run(shot(Simulation.AUTO)));
        assertThat(scenes()).containsOnly(SceneUse.AS_SENT);

        diary.events().clear();
        SimulationReport dear = complete(farm(2).nodes(4, BAKES).build().run(shot(Simulation.AUTO)));
        assertThat(scenes()).containsOnlyOnce(SceneUse.TO_BAKE).contains(SceneUse.BAKED);
        // 200 s to bake; each session that steps needs up to 200 s for itself.
        assertThat(dear.makespan()).isLessThan(Duration.ofSeconds(260));

        diary.events().clear();
        complete(farm(2).nodes(1, BAKES).build().run(shot(Simulation.AUTO)));
        assertThat(scenes()).as("one node alone gains nothing").containsOnly(SceneUse.AS_SENT);
    }

    @Test
    @DisplayName("never has it baked where the request says that sessions step")
    void runUp() {
        complete(farm(2).nodes(4, BAKES).build().run(shot(Simulation.RUN_UP)));

        assertThat(scenes()).containsOnly(SceneUse.AS_SENT);
    }

    @Test
    @DisplayName("has another node bake when the one that does is lost")
    void bakerDies() {
        complete(farm(0.5)
                .nodes(3, BAKES)
                .faults(Faults.none().at(Duration.ofSeconds(20), Fault.NODE_CRASH, 0, Duration.ofHours(2)))
                .build()
                .run(shot(Simulation.BAKE)));

        assertThat(scenes().subList(0, 3)).containsExactly(SceneUse.TO_BAKE, SceneUse.TO_BAKE, SceneUse.BAKED);
    }

    @Test
    @DisplayName("renders the scene as it was sent where the baked one cannot be fetched, and says so")
    void cannotBeFetched() {
        SimulationReport report = complete(farm(0.1)
                .nodes(3, BAKES)
                .faults(Faults.none().next(Duration.ZERO, Fault.FAILED_FETCH, null, 4))
                .build()
                .run(shot(Simulation.BAKE)));

        assertThat(scenes()).containsOnlyOnce(SceneUse.TO_BAKE).doesNotContain(SceneUse.BAKED);
        assertThat(warnings(report))
                .containsExactly("simulation: The baked scene could not be fetched from the node that made it."
                        + " Each session steps through the simulation instead.");
    }

    @Test
    @DisplayName("gives nodes with an older renderer than the baker's the scene as it was sent")
    void olderRenderers() {
        complete(farm(0.1)
                .node(BAKES.engine(new EngineInfo("sim", "4.5.1")).speed(2))
                .node(BAKES.engine(new EngineInfo("sim", "4.5.2")))
                .node(BAKES.engine(new EngineInfo("sim", "3.6")))
                .build()
                .run(shot(Simulation.BAKE)));

        assertThat(diary.dispatches())
                .filteredOn(sent -> sent.target().getHost().equals("n2"))
                .extracting(JobTransition.BatchDispatched::scene)
                .isNotEmpty()
                .containsOnly(SceneUse.BAKED);
        assertThat(diary.dispatches())
                .filteredOn(sent -> sent.target().getHost().equals("n3"))
                .extracting(JobTransition.BatchDispatched::scene)
                .isNotEmpty()
                .containsOnly(SceneUse.AS_SENT);
    }

    @Test
    @DisplayName("goes on with the bake, and with the baked scene, after a restart of the coordinator")
    void restarts() {
        for (int second : new int[] {10, 30, 49, 51, 60, 70}) {
            diary.events().clear();
            SimulationReport report = complete(farm(0.5)
                    .nodes(4, BAKES)
                    .faults(Faults.none().at(Duration.ofSeconds(second), Fault.TAKEOVER, 0, Duration.ofSeconds(1)))
                    .build()
                    .run(shot(Simulation.BAKE)));

            assertThat(scenes())
                    .as("second %d", second)
                    .containsOnlyOnce(SceneUse.TO_BAKE)
                    .hasSize(10);
            assertThat(scenes().subList(1, 10)).as("second %d", second).containsOnly(SceneUse.BAKED);
            assertThat(report.makespan()).isLessThan(Duration.ofSeconds(100));
        }
    }
}
