package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.model.UnbakedSimulation;
import io.renderfleet.core.model.Waiting;
import io.renderfleet.core.model.Waiting.Kind;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Why frames wait, says the engine:")
@ExtendWith(QuietEngine.class)
class EngineWaitingTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final NodeSpec FULL = NodeSpec.USUAL.labels(Map.of("disk", "full"));

    private final List<Waiting> told = new ArrayList<>();

    private SimulatedFarm.Builder farm(int nodes) {
        return SimulatedFarm.builder()
                .nodes(nodes, NodeSpec.USUAL)
                .frames(FrameCosts.constant(Duration.ofSeconds(10)))
                .engine(engine -> engine.splitter(BatchSplitters.fixed(1)).balance(BalancePolicy.none()))
                .horizon(Duration.ofHours(50));
    }

    private static RenderRequest shot(String name, String frames) {
        return RenderRequest.of(Scene.onNodes("shot.blend"), frames).name(name);
    }

    private static Submission at(long seconds, RenderRequest request) {
        return new Submission(Duration.ofSeconds(seconds), request);
    }

    private static Consumer<RenderExecutor> on(String name, Consumer<RenderHandle> action) {
        return executor -> {
            for (RenderJob job : executor.jobs()) {
                if (job.request().name().orElse("").equals(name)) {
                    executor.job(job.id()).ifPresent(action);
                }
            }
        };
    }

    /** Asks why a job waits; what is heard goes into {@link #told}. */
    private Consumer<RenderExecutor> ask(String name) {
        return on(name, job -> job.waitingFor().ifPresent(told::add));
    }

    /** The kinds that were told, with the numbers of nodes. */
    private Map<Kind, Integer> causes() {
        assertThat(told).hasSize(1);
        Map<Kind, Integer> causes = new LinkedHashMap<>();
        told.get(0).causes().forEach(cause -> causes.put(cause.kind(), cause.nodes()));
        return causes;
    }

    private Waiting.Cause cause() {
        assertThat(told).hasSize(1);
        assertThat(told.get(0).causes()).hasSize(1);
        return told.get(0).causes().get(0);
    }

    @Test
    @DisplayName("no node bears the label, and its name")
    void label() {
        farm(3).at(SECOND, ask("shot"))
                .at(SECOND.multipliedBy(2), on("shot", RenderHandle::cancel))
                .build()
                .run(shot("shot", "1-4").requires(Map.of("gpu", "yes")));

        assertThat(causes()).containsExactly(Map.entry(Kind.LABEL_MISSING, 3));
        assertThat(cause().message()).isEqualTo("3 nodes lack a label of those that the job requires, {gpu=yes}.");
        assertThat(cause().remedy()).isEqualTo("Give a node the label, or submit the job without it.");
    }

    @Test
    @DisplayName(
            "each node under one cause: one without the label, two with a job of higher priority, one with this very job")
    void priorities() {
        farm(1).node(NodeSpec.USUAL.labels(Map.of("gpu", "yes")))
                .node(NodeSpec.USUAL.labels(Map.of("gpu", "yes")))
                .node(NodeSpec.USUAL.labels(Map.of("gpu", "yes")))
                .at(Duration.ofSeconds(7), ask("low"))
                .build()
                .run(List.of(
                        at(0, shot("high", "1-2").priority(5).requires(Map.of("gpu", "yes"))),
                        at(5, shot("low", "1-9").requires(Map.of("gpu", "yes")))));

        assertThat(causes())
                .containsExactly(
                        Map.entry(Kind.LABEL_MISSING, 1),
                        Map.entry(Kind.HIGHER_PRIORITY, 2),
                        Map.entry(Kind.THIS_JOB, 1));
        assertThat(told.get(0).frames()).isEqualTo(8);
    }

    @Test
    @DisplayName("other jobs of the same priority have all slots")
    void others() {
        farm(2).at(Duration.ofSeconds(6), ask("late"))
                .build()
                .run(List.of(at(0, shot("early", "1-2")), at(5, shot("late", "1-2"))));

        assertThat(causes()).containsExactly(Map.entry(Kind.OTHER_JOBS, 2));
    }

    @Test
    @DisplayName("it is paused, whatever the nodes do")
    void paused() {
        farm(1).at(SECOND, on("shot", RenderHandle::pause))
                .at(SECOND.multipliedBy(2), ask("shot"))
                .at(SECOND.multipliedBy(3), on("shot", RenderHandle::resume))
                .build()
                .run(shot("shot", "1-4"));

        assertThat(causes()).containsExactly(Map.entry(Kind.PAUSED, 0));
        assertThat(cause().remedy()).isEqualTo("Resume it.");
    }

    @Test
    @DisplayName("as many batches are out as the job may have")
    void limit() {
        farm(3).at(Duration.ofSeconds(2), ask("shot"))
                .build()
                .run(shot("shot", "1-4").maxRunning(2));

        assertThat(causes()).containsExactly(Map.entry(Kind.LIMIT_REACHED, 0));
        assertThat(cause().message()).isEqualTo("2 batches of it are out, and 2 may be.");
    }

    @Test
    @DisplayName("another job has to end first, and which")
    void dependency() {
        SimulationReport report = farm(2).at(Duration.ofSeconds(6), ask("second"))
                .build()
                .run(List.of(
                        at(0, shot("first", "1-1")), new Submission(Duration.ZERO, shot("second", "1-2")).after(0)));

        assertThat(causes()).containsExactly(Map.entry(Kind.DEPENDENCY, 0));
        assertThat(cause().message()).contains(report.results().get(0).job().value());
    }

    @Test
    @DisplayName("single frames come after the same frames of another job")
    void frameDependency() {
        farm(4).at(Duration.ofSeconds(3), ask("second"))
                .build()
                .run(List.of(
                        at(0, shot("first", "1-2")), new Submission(SECOND, shot("second", "1-2")).afterFrames(0)));

        assertThat(causes()).containsExactly(Map.entry(Kind.FRAME_DEPENDENCY, 0));
        assertThat(told.get(0).frames()).isEqualTo(2);
    }

    @Test
    @DisplayName("nodes that drain and that do not answer")
    void nodesThatTakeNothing() {
        farm(3).faults(Faults.none()
                        .at(Duration.ofMillis(100), Fault.NODE_DRAIN, 1, Duration.ofMinutes(2))
                        .at(Duration.ofMillis(100), Fault.NODE_FREEZE, 2, Duration.ofMinutes(2)))
                .at(Duration.ofSeconds(40), ask("shot"))
                .build()
                .run(List.of(at(1, shot("shot", "1-9"))));

        assertThat(causes())
                .containsExactly(
                        Map.entry(Kind.NOT_ANSWERING, 1), Map.entry(Kind.DRAINING, 1), Map.entry(Kind.THIS_JOB, 1));
    }

    @Test
    @DisplayName("nodes that have failed the job, or so much that they are left alone, and until when")
    void failures() {
        farm(0).node(FULL)
                .node(NodeSpec.USUAL)
                .trouble((frame, node) ->
                        node.equals(FULL) ? Failure.of(FailureKind.DISK_FULL, "There is no room.") : null)
                .at(Duration.ofSeconds(12), ask("shot"))
                .build()
                .run(shot("shot", "1-9"));
        Map<Kind, Integer> early = causes();
        Waiting.Cause avoided = told.get(0).causes().get(0);
        told.clear();
        farm(0).node(FULL)
                .node(NodeSpec.USUAL)
                .trouble((frame, node) ->
                        node.equals(FULL) ? Failure.of(FailureKind.DISK_FULL, "There is no room.") : null)
                .at(Duration.ofSeconds(48), ask("c"))
                .build()
                .run(shot("a", "1-9"), shot("b", "1-9"), shot("c", "1-9"), shot("d", "1-9"));

        assertThat(early).containsExactly(Map.entry(Kind.AVOIDED, 1), Map.entry(Kind.THIS_JOB, 1));
        assertThat(avoided.until()).isNotNull();
        assertThat(causes()).containsKey(Kind.QUARANTINED);
        assertThat(told.get(0).causes().get(0).until()).isNotNull();
    }

    @Test
    @DisplayName("the job store is away")
    void storeDown() {
        farm(1).faults(Faults.none().at(Duration.ofSeconds(5), Fault.STORE_OUTAGE, 1, Duration.ofMinutes(1)))
                .at(Duration.ofSeconds(50), ask("shot"))
                .build()
                .run(shot("shot", "1-9"));

        assertThat(causes()).containsExactly(Map.entry(Kind.STORE_DOWN, 0));
    }

    @Test
    @DisplayName("no node has the renderer, and which")
    void renderer() {
        farm(2).at(SECOND, ask("shot"))
                .at(SECOND.multipliedBy(2), on("shot", RenderHandle::cancel))
                .build()
                .run(shot("shot", "1-4").renderer("povray"));

        assertThat(causes()).containsExactly(Map.entry(Kind.RENDERER_MISSING, 2));
        assertThat(cause().message()).isEqualTo("2 nodes do not have the renderer povray.");
    }

    @Test
    @DisplayName("a node has too little memory, once the job has shown that")
    void memory() {
        farm(1).node(NodeSpec.USUAL.memoryBytes(64L << 30))
                .frameMemory(frame -> 32L << 30)
                .at(Duration.ofSeconds(15), ask("shot"))
                .build()
                .run(shot("shot", "1-9"));

        assertThat(causes()).containsExactly(Map.entry(Kind.TOO_LITTLE_MEMORY, 1), Map.entry(Kind.THIS_JOB, 1));
        assertThat(told.get(0).causes().get(0).message()).isEqualTo("1 node has too little memory for the job.");
    }

    @Test
    @DisplayName("a node has refused the job, and in which words")
    void refused() {
        NodeSpec old = NodeSpec.USUAL.labels(Map.of("blender", "old"));
        farm(1).node(old)
                .loadTrouble((batch, node) -> node.equals(old)
                        ? Failure.of(FailureKind.ENGINE_UNAVAILABLE, "This build has no Cycles.")
                        : null)
                .at(Duration.ofSeconds(15), ask("shot"))
                .build()
                .run(shot("shot", "1-9"));

        assertThat(causes()).containsExactly(Map.entry(Kind.REFUSED, 1), Map.entry(Kind.THIS_JOB, 1));
        assertThat(told.get(0).causes().get(0).message())
                .isEqualTo("1 node has refused the job: This build has no Cycles.");
    }

    @Test
    @DisplayName("simulations have to be baked first, on a node that can do that and is not free")
    void cannotBake() {
        NodeSpec bakes =
                NodeSpec.USUAL.capabilities(EnumSet.allOf(Capability.class)).labels(Map.of("bakes", "yes"));
        Scene cloth = new Scene.Local(Path.of("cloth.blend"), "cloth.blend", Pictures.of("cloth", 1));
        RenderRequest simulated = RenderRequest.of(cloth, "1-20")
                .name("cloth")
                .scenePolicy(new ScenePolicy(io.renderfleet.core.model.Simulation.BAKE, MissingFiles.FAIL, Set.of()));
        farm(1).node(bakes)
                .unbaked(scene -> scene.equals(cloth) ? new UnbakedSimulation(1, 20, 1.0) : null)
                .at(Duration.ofSeconds(13), ask("cloth"))
                .build()
                .run(List.of(
                        at(
                                0,
                                shot("other", "1-9")
                                        .requires(Map.of("bakes", "yes"))
                                        .priority(5)),
                        at(1, simulated)));

        assertThat(causes()).containsExactly(Map.entry(Kind.CANNOT_BAKE, 1), Map.entry(Kind.HIGHER_PRIORITY, 1));
    }

    @Test
    @DisplayName("a node asks for fewer calls, and until when")
    void throttled() {
        farm(1).faults(Faults.none().at(Duration.ofMillis(500), Fault.THROTTLE_STORM, 1, Duration.ofMinutes(1)))
                .at(Duration.ofSeconds(3), ask("shot"))
                .build()
                .run(List.of(at(1, shot("shot", "1-4"))));

        assertThat(causes()).containsExactly(Map.entry(Kind.THROTTLED, 1));
        assertThat(cause().until()).isNotNull();
        assertThat(cause().message()).isEqualTo("1 node asks for fewer calls.");
    }

    @Test
    @DisplayName("somebody else has the slots of a node")
    void takenElsewhere() {
        farm(1).faults(Faults.none().at(Duration.ofMillis(500), Fault.BUSY_STORM, 1, Duration.ofMinutes(1)))
                .at(Duration.ofSeconds(3), ask("shot"))
                .build()
                .run(List.of(at(1, shot("shot", "1-4"))));

        assertThat(causes()).containsExactly(Map.entry(Kind.SLOTS_TAKEN_ELSEWHERE, 1));
        assertThat(cause().until()).isNotNull();
    }

    @Test
    @DisplayName("a stopped batch may still be on the node")
    void clearing() {
        farm(1).faults(Faults.none().at(Duration.ofMillis(1_500), Fault.NODE_FREEZE, 1, Duration.ofSeconds(20)))
                .at(Duration.ofSeconds(2), on("first", RenderHandle::cancel))
                .at(Duration.ofSeconds(5), ask("second"))
                .build()
                .run(List.of(at(0, shot("first", "1-1")), at(1, shot("second", "1-1"))));

        assertThat(causes()).containsExactly(Map.entry(Kind.SLOT_CLEARING, 1));
    }

    @Test
    @DisplayName("a free node leaves the last frames to one that has the scene loaded")
    void sceneElsewhere() {
        NodeSpec slow = NodeSpec.USUAL.startUp(Duration.ofMinutes(1));
        RenderRequest other =
                RenderRequest.of(Scene.onNodes("other.blend"), "1-4").name("other");
        farm(0).node(slow)
                .node(slow.labels(Map.of("second", "yes")))
                .at(Duration.ofSeconds(105), ask("shot"))
                .build()
                .run(List.of(at(0, other.priority(5).requires(Map.of("second", "yes"))), at(1, shot("shot", "1-9"))));

        assertThat(causes()).containsExactly(Map.entry(Kind.THIS_JOB, 1), Map.entry(Kind.SCENE_ELSEWHERE, 1));
    }

    @Test
    @DisplayName("nothing, where nothing waits")
    void nothing() {
        farm(2).at(Duration.ofSeconds(2), ask("shot")).build().run(shot("shot", "1-2"));

        assertThat(told).isEmpty();
    }
}
