package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.split.BatchSplitters;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Over a transport that does not end its calls, the engine")
@ExtendWith(QuietEngine.class)
class HungCallsTest {
    private static final int URGENT = 1;

    private final Diary diary = new Diary();

    private SimulatedFarm.Builder farm(int nodes) {
        return SimulatedFarm.builder()
                .nodes(nodes, NodeSpec.USUAL)
                .frames(FrameCosts.constant(Duration.ofSeconds(10)))
                .engine(engine -> diary.accept(engine.splitter(BatchSplitters.fixed(5))))
                .horizon(Duration.ofHours(3));
    }

    private static RenderRequest shot() {
        return RenderRequest.of(new Scene.Local(Path.of("shot.blend"), null, Pictures.of("scene", 1)), "1-20");
    }

    private static RenderResult only(SimulationReport report) {
        assertThat(Script.played(report).results()).hasSize(1);
        return report.results().get(0);
    }

    private static void cancelUrgent(RenderExecutor farm) {
        for (RenderJob job : farm.jobs()) {
            if (job.request().priority() == URGENT) {
                farm.job(job.id()).ifPresent(RenderHandle::cancel);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CallKind.class,
            names = {"LOG"},
            mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("ends each sort of call itself, and renders on")
    void eachCall(CallKind call) {
        SimulationReport report = farm(2).node(NodeSpec.USUAL.tells(0))
                .node(NodeSpec.ofSpeed(0.15))
                .faults(Faults.none().next(Duration.ZERO, Fault.HUNG_CALL, call, 2))
                .at(Duration.ofSeconds(25), HungCallsTest::cancelUrgent)
                .build()
                .run(
                        shot(),
                        RenderRequest.of(Scene.onNodes("urgent.blend"), "1-20").priority(URGENT));

        assertThat(Script.played(report).results())
                .extracting(RenderResult::state)
                .containsExactly(JobState.COMPLETED, JobState.CANCELLED);
        assertThat(report.makespan()).isLessThan(Duration.ofMinutes(15));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    @DisplayName("watches a batch, or has it stopped, of which it hears only after it had given the call up")
    void lateAnswer(long seed) {
        SimulationReport report = farm(2).seed(seed)
                .faults(Faults.none().next(Duration.ZERO, Fault.HUNG_CALL, CallKind.SUBMIT, 2))
                .build()
                .run(shot());

        // The simulator itself finds slots that are held, and frames that are rendered by nobody.
        assertThat(only(report).state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    @DisplayName("counts the time in which a batch is rendered, and not the time in which its frames are fetched")
    void fetchingIsNotRendering() {
        SimulationReport report = farm(1).faults(
                        Faults.none().next(Duration.ZERO, Fault.THROTTLED, CallKind.FETCH, 100))
                .build()
                .run(RenderRequest.of(Scene.onNodes("shot.blend"), "1-5").batchTimeout(Duration.ofMinutes(1)));

        assertThat(only(report).state()).isEqualTo(JobState.COMPLETED);
        assertThat(report.makespan()).isGreaterThan(Duration.ofMinutes(3));
        assertThat(diary.all(JobTransition.BatchEnded.class))
                .extracting(JobTransition.BatchEnded::outcome)
                .containsExactly(BatchOutcome.COMPLETED);
    }
}
