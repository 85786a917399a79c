package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.FarmNode;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("What happens, the engine")
@ExtendWith(QuietEngine.class)
class EngineEventsTest {
    private static final RenderRequest SHOT = RenderRequest.of(Scene.onNodes("shot.blend"), "1-80");

    private final Diary diary = new Diary();

    private SimulatedFarm.Builder farm(int nodes) {
        return SimulatedFarm.builder()
                .nodes(nodes, NodeSpec.USUAL)
                .frames(FrameCosts.constant(Duration.ofSeconds(10)))
                .engine(engine ->
                        diary.accept(engine.splitter(BatchSplitters.fixed(5)).balance(BalancePolicy.none())))
                .horizon(Duration.ofHours(5));
    }

    @Test
    @DisplayName("tells once each, in order, when it is durable")
    void transitions() {
        SimulationReport report =
                farm(4).storeLatency(Duration.ofMillis(5)).build().run(SHOT);

        assertThat(report.results().get(0).state()).isEqualTo(JobState.COMPLETED);
        assertThat(diary.all(FarmNotice.NodeUp.class)).hasSize(4);
        assertThat(diary.all(JobTransition.class).get(0)).isInstanceOf(JobTransition.JobSubmitted.class);
        assertThat(diary.dispatches()).hasSize(16);
        assertThat(diary.all(JobTransition.BatchAccepted.class)).hasSize(16);
        assertThat(diary.all(JobTransition.FramesAccepted.class).stream()
                        .mapToInt(accepted -> accepted.frames().size())
                        .sum())
                .isEqualTo(80);
        assertThat(diary.all(JobTransition.BatchEnded.class)).hasSize(16);
        assertThat(diary.all(JobTransition.class)
                        .get(diary.all(JobTransition.class).size() - 1))
                .isInstanceOf(JobTransition.JobEnded.class);
    }

    @Test
    @DisplayName("tells of nodes and of the store too")
    void notices() {
        SimulationReport report = farm(4).storeLatency(Duration.ofMillis(5))
                .faults(Faults.none()
                        .at(Duration.ofSeconds(20), Fault.NODE_CRASH, 1, Duration.ofSeconds(5))
                        .at(Duration.ofSeconds(20), Fault.NODE_FREEZE, 2, Duration.ofSeconds(120))
                        .at(Duration.ofSeconds(20), Fault.NODE_DRAIN, 3, Duration.ofSeconds(60))
                        .at(Duration.ofSeconds(70), Fault.STORE_OUTAGE, 1, Duration.ofSeconds(20))
                        .at(Duration.ofSeconds(150), Fault.TAKEOVER, 1, Duration.ofSeconds(5)))
                .build()
                .run(SHOT);

        Script.played(report);
        assertThat(diary.all(FarmNotice.NodeSuspected.class)).isNotEmpty();
        assertThat(diary.all(FarmNotice.NodeLost.class)).hasSize(1);
        assertThat(diary.all(FarmNotice.NodeRestarted.class)).hasSize(1);
        assertThat(diary.all(FarmNotice.NodeDraining.class)).hasSize(1);
        assertThat(diary.all(FarmNotice.StoreFailed.class)).hasSize(1);
        assertThat(diary.all(FarmNotice.StoreRecovered.class)).hasSize(1);
        assertThat(diary.all(FarmNotice.StoodDown.class)).hasSize(1);
    }

    @Test
    @DisplayName("shows an end only when it is durable, whatever the end is")
    void ends() {
        List<JobState> shown = new ArrayList<>();
        List<FrameSet> waiting = new ArrayList<>();
        SimulationReport report = farm(1).faults(
                        Faults.none().at(Duration.ofSeconds(9), Fault.STORE_OUTAGE, 1, Duration.ofMinutes(1)))
                .at(
                        Duration.ofSeconds(20),
                        executor -> executor.job(executor.jobs().get(1).id())
                                .orElseThrow()
                                .cancel())
                .at(
                        Duration.ofSeconds(40),
                        executor -> executor.jobs().forEach(job -> {
                            shown.add(job.state());
                            waiting.add(job.waiting());
                        }))
                .build()
                .run(
                        RenderRequest.of(Scene.onNodes("shot.blend"), "1"),
                        RenderRequest.of(Scene.onNodes("late.blend"), "1-3"));

        assertThat(shown).containsExactly(JobState.RUNNING, JobState.RUNNING);
        assertThat(waiting).containsExactly(FrameSet.empty(), FrameSet.range(1, 3));
        assertThat(report.results())
                .extracting(RenderResult::state)
                .containsExactly(JobState.COMPLETED, JobState.CANCELLED);
    }

    @Test
    @DisplayName("shows in numbers: jobs, batches and nodes, and the time left from what was measured")
    void snapshots() {
        List<RenderJob> jobs = new ArrayList<>();
        List<FarmNode> nodes = new ArrayList<>();
        farm(4).at(Duration.ofSeconds(104), executor -> {
                    jobs.add(executor.job(executor.jobs().get(0).id())
                            .orElseThrow()
                            .snapshot());
                    nodes.addAll(executor.nodes().list());
                })
                .build()
                .run(SHOT);

        RenderJob job = jobs.get(0);
        assertThat(job.accepted()).hasSize(40);
        assertThat(job.framesPerSecond()).isBetween(0.35, 0.5);
        assertThat(job.timeLeft()).isBetween(Duration.ofSeconds(80), Duration.ofSeconds(115));
        assertThat(job.batches())
                .extracting(Batch::state)
                .filteredOn(Batch.State.RUNNING::equals)
                .hasSize(4);
        assertThat(nodes).hasSize(4).allSatisfy(node -> {
            assertThat(node.busy()).isEqualTo(1);
            assertThat(node.framesPerSecond()).isBetween(0.09, 0.11);
            assertThat(node.state()).isEqualTo(FarmNode.State.UP);
        });
    }
}
