package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("With a pool that picks the worker itself, the engine")
@ExtendWith(QuietEngine.class)
class EnginePoolTest {
    private static final RenderRequest SHOT = RenderRequest.of(Scene.onNodes("shot.blend"), "1-24");

    private final Diary diary = new Diary();

    private SimulatedFarm.Builder farm(int size) {
        return SimulatedFarm.builder()
                .frames(FrameCosts.constant(Duration.ofSeconds(10)))
                .engine(engine -> diary.accept(engine.splitter(BatchSplitters.fixed(size))))
                .horizon(Duration.ofHours(5));
    }

    private static PoolSpec pool(int capacity, int workers) {
        return PoolSpec.of(capacity, Collections.nCopies(workers, NodeSpec.USUAL));
    }

    private static RenderResult only(SimulationReport report) {
        assertThat(Script.played(report).results()).hasSize(1);
        return report.results().get(0);
    }

    private static FailureKind kindOf(RenderResult result) {
        Failure failure = result.failure();
        assertThat(failure).isNotNull();
        return failure.kind();
    }

    @Test
    @DisplayName("keeps the pool's queue filled, and says of each batch who did the work")
    void saysWhoDidTheWork() {
        SimulationReport report = farm(3).pool(pool(4, 2)).build().run(SHOT);

        assertThat(only(report).state()).isEqualTo(JobState.COMPLETED);
        assertThat(report.makespan()).isBetween(Duration.ofSeconds(120), Duration.ofSeconds(130));
        assertThat(diary.all(JobTransition.BatchEnded.class))
                .extracting(JobTransition.BatchEnded::executedBy)
                .containsOnly(new NodeId("pool1-w1"), new NodeId("pool1-w2"));
    }

    @Test
    @DisplayName("shows who did the work in the job's snapshot")
    void showsWhoDidTheWork() {
        List<Batch> batches = new ArrayList<>();
        farm(3).pool(pool(4, 2))
                .at(Duration.ofSeconds(100), executor -> batches.addAll(first(executor)))
                .build()
                .run(SHOT);

        assertThat(batches)
                .filteredOn(batch -> batch.state() == Batch.State.COMPLETED)
                .hasSizeGreaterThan(3)
                .extracting(batch -> String.valueOf(batch.node()))
                .containsOnly("pool1-w1", "pool1-w2");
    }

    private static List<Batch> first(RenderExecutor executor) {
        return executor.job(executor.jobs().get(0).id())
                .orElseThrow()
                .snapshot()
                .batches();
    }

    @Test
    @DisplayName("counts no deadline of a batch that waits in the pool's queue")
    void waitingHasNoDeadline() {
        SimulationReport report = farm(2).pool(pool(12, 1)).build().run(SHOT.batchTimeout(Duration.ofSeconds(30)));

        assertThat(only(report).state()).isEqualTo(JobState.COMPLETED);
        assertThat(diary.dispatches()).hasSize(12);
    }

    @Test
    @DisplayName("stops a batch that a worker has begun and does not end in time")
    void runningHasOne() {
        SimulationReport report = farm(2).pool(PoolSpec.of(12, List.of(NodeSpec.ofSpeed(0.01))))
                .build()
                .run(RenderRequest.of(SHOT.scene(), "1-2").batchTimeout(Duration.ofSeconds(30)));

        assertThat(kindOf(only(report))).isEqualTo(FailureKind.BATCH_TIMEOUT);
    }

    @Test
    @DisplayName("takes batches back that nobody has begun as soon as a node of its own is idle")
    void withdraws() {
        SimulationReport report = farm(4).pool(PoolSpec.of(6, List.of(NodeSpec.ofSpeed(0.1))))
                .node(NodeSpec.USUAL)
                .build()
                .run(SHOT);

        List<JobTransition.BatchEnded> withdrawn = diary.all(JobTransition.BatchEnded.class).stream()
                .filter(end -> end.outcome() == BatchOutcome.RETURNED)
                .toList();
        assertThat(only(report).state()).isEqualTo(JobState.COMPLETED);
        assertThat(withdrawn)
                .hasSizeBetween(3, 5)
                .allSatisfy(end -> assertThat(end.failure()).isNull());
        assertThat(diary.dispatches())
                .filteredOn(sent -> sent.target().getHost().equals("n1"))
                .hasSizeGreaterThan(withdrawn.size());
        assertThat(report.makespan()).isLessThan(Duration.ofSeconds(450));
    }

    @Test
    @DisplayName("blames nobody for a batch that was taken back, also when nobody heard that it was")
    void withdrawsUnheard() {
        for (int lost = 0; lost < 4; lost++) {
            SimulationReport report = farm(4).pool(PoolSpec.of(6, List.of(NodeSpec.ofSpeed(0.1))))
                    .node(NodeSpec.USUAL)
                    .faults(Faults.none().next(Duration.ZERO, Fault.LOST_RESPONSE, CallKind.CANCEL, lost, 1))
                    .build()
                    .run(SHOT.name("lost " + lost));
            assertThat(only(report).state()).isEqualTo(JobState.COMPLETED);
        }
        assertThat(diary.all(JobTransition.BatchEnded.class)).noneMatch(end -> end.outcome() == BatchOutcome.FAILED);
    }

    @Test
    @DisplayName("goes on with a pool one of whose workers fails everything")
    void poolIsNotQuarantined() {
        NodeSpec broken = NodeSpec.USUAL.labels(Map.of("gpu", "broken"));
        SimulationReport report = farm(2).pool(PoolSpec.of(4, List.of(broken, NodeSpec.USUAL, NodeSpec.USUAL)))
                .trouble((frame, worker) ->
                        worker.equals(broken) ? Failure.of(FailureKind.CRASHED, "The renderer crashed.") : null)
                .build()
                .run(SHOT);

        assertThat(only(report).state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @DisplayName("gives up what is too large for all of a pool's workers, and waits for no larger one")
    void tooLargeForThePool() {
        SimulationReport report = farm(4).pool(pool(4, 2))
                .frameMemory(frame -> frame == 5 ? 32L << 30 : 1L << 30)
                .build()
                .run(SHOT);

        assertThat(kindOf(only(report))).isEqualTo(FailureKind.OUT_OF_MEMORY);
        assertThat(only(report).frames()).hasSize(23);
    }

    @Test
    @DisplayName("believes that the scene is at fault once two different workers of a pool say so")
    void workersAgree() {
        SimulationReport report = farm(2).pool(pool(6, 3))
                .trouble((frame, worker) -> Failure.of(FailureKind.NO_CAMERA, "The scene has no camera."))
                .build()
                .run(SHOT);

        assertThat(only(report).state()).isEqualTo(JobState.FAILED);
        assertThat(kindOf(only(report))).isEqualTo(FailureKind.NO_CAMERA);
        assertThat(diary.all(JobTransition.BatchEnded.class))
                .filteredOn(end -> end.failure() != null)
                .hasSize(2);
    }

    @Test
    @DisplayName("takes a pool's batches up again after a crash, those that wait and those that run")
    void takesUpAgain() {
        for (int action = 0; action < 60; action += 3) {
            SimulationReport report = farm(3).pool(pool(4, 2))
                    .storeLatency(Duration.ofMillis(3))
                    .faults(Faults.none().next(Duration.ofSeconds(1), Fault.COORDINATOR_CRASH, null, action, 1))
                    .engine(engine -> engine.splitter(BatchSplitters.fixed(3)).balance(BalancePolicy.none()))
                    .build()
                    .run(SHOT);
            assertThat(only(report).state()).isEqualTo(JobState.COMPLETED);
            assertThat(report.extraWork()).as("rendered in vain").isZero();
        }
    }

    private List<BatchOutcome> outcomes() {
        return diary.all(JobTransition.BatchEnded.class).stream()
                .map(JobTransition.BatchEnded::outcome)
                .toList();
    }

    @Test
    @DisplayName(
            "loses nothing while the broker is away for ten minutes, sends nothing twice, and does not ask without end")
    void brokerAway() {
        SimulationReport report = farm(3).pool(pool(4, 2))
                .faults(Faults.none().at(Duration.ofSeconds(20), Fault.BROKER_AWAY, 0, Duration.ofMinutes(10)))
                .build()
                .run(SHOT);

        assertThat(only(report).state()).isEqualTo(JobState.COMPLETED);
        assertThat(outcomes()).hasSize(8).containsOnly(BatchOutcome.COMPLETED);
        assertThat(report.extraWork()).isZero();
        // Two batches were begun before; the six others take a minute and a half from when the broker is heard again.
        assertThat(report.makespan()).isBetween(Duration.ofSeconds(710), Duration.ofSeconds(800));
        // Four batches and the pool itself, once or twice a second.
        assertThat(report.requests()).isLessThan(10 * 60 * 6);
    }

    @Test
    @DisplayName("has others render what a dead worker had, once its lease is over")
    void workerLost() {
        SimulationReport report = farm(3).pool(pool(4, 2))
                .faults(Faults.none().next(Duration.ZERO, Fault.POOL_WORKER_LOST, null, 2, 1))
                .build()
                .run(SHOT);

        assertThat(only(report).state()).isEqualTo(JobState.COMPLETED);
        assertThat(outcomes()).contains(BatchOutcome.LOST);
        assertThat(report.makespan()).isLessThan(Duration.ofSeconds(200));
    }

    @Test
    @DisplayName("does not mind messages that come again, twice, or before others")
    void disorder() {
        for (Fault fault : List.of(Fault.POOL_REDELIVERED, Fault.POOL_DOUBLED, Fault.POOL_REORDERED)) {
            diary.events().clear();
            boolean waits = fault == Fault.POOL_REORDERED;
            SimulationReport report = farm(3).pool(pool(6, waits ? 1 : 3))
                    .faults(Faults.none().next(Duration.ZERO, fault, null, waits ? 3 : 1, 1))
                    .build()
                    .run(SHOT);

            assertThat(only(report).state()).as("%s", fault).isEqualTo(JobState.COMPLETED);
            assertThat(outcomes())
                    .as("%s", fault)
                    .filteredOn(outcome -> outcome != BatchOutcome.RETURNED)
                    .hasSize(8)
                    .containsOnly(BatchOutcome.COMPLETED);
            assertThat(report.extraWork()).as("%s", fault).isZero();
        }
    }
}
