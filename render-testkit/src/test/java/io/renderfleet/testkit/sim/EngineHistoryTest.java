package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchAttempt;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobHistory;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.policy.RetryPolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("The history of a job")
@ExtendWith(QuietEngine.class)
class EngineHistoryTest {
    private static final RenderRequest SHOT = RenderRequest.of(Scene.onNodes("shot.blend"), "1-40");

    private final List<JobHistory> told = new ArrayList<>();

    /** Frame 2 fails three times at most; what is asked for goes into {@link #told}. */
    private SimulatedFarm.Builder farm(Duration... askedAt) {
        SimulatedFarm.Builder farm = SimulatedFarm.builder()
                .nodes(2, NodeSpec.USUAL)
                .frames(FrameCosts.constant(Duration.ofSeconds(10)))
                .trouble((frame, node) ->
                        frame == 2 ? Failure.of(FailureKind.PROGRAM_FAILED, 2, "It ended with 1.") : null)
                .engine(engine -> engine.splitter(BatchSplitters.fixed(1))
                        .balance(BalancePolicy.none())
                        .retry(new RetryPolicy(3, Duration.ofSeconds(8), Duration.ofHours(1), 2, 0.5)))
                .horizon(Duration.ofHours(5));
        for (Duration at : askedAt) {
            farm.at(
                    at,
                    executor -> executor.jobs()
                            .forEach(job -> executor.job(job.id()).ifPresent(handle -> told.add(handle.history()))));
        }
        return farm;
    }

    @Test
    @DisplayName("has each attempt, with its times and why it failed")
    void attempts() {
        farm(Duration.ofSeconds(150)).build().run(SHOT);

        assertThat(told).hasSize(1);
        assertThat(told.get(0).folded()).isEqualTo(JobHistory.Folded.NONE);
        List<BatchAttempt> tries = told.get(0).of(2).attempts();
        assertThat(tries).hasSize(3).allSatisfy(attempt -> {
            assertThat(attempt.batch().state()).isEqualTo(Batch.State.FAILED);
            assertThat(attempt.batch().failure())
                    .isEqualTo(Failure.of(FailureKind.PROGRAM_FAILED, 2, "It ended with 1."));
            assertThat(attempt.batch().node()).isNotNull();
            assertThat(attempt.delivered().isEmpty()).isTrue();
            assertThat(attempt.acceptedAt()).isNotNull();
            assertThat(attempt.endedAt()).isNotNull();
            assertThat(attempt.facts().sentAt()).isNotNull();
        });
        assertThat(tries).extracting(attempt -> attempt.batch().attempt()).containsExactly(1, 2, 3);
        assertThat(tries.get(1).queuedAt()).isEqualTo(tries.get(0).endedAt());
        assertThat(tries.get(1).queueTime()).isGreaterThanOrEqualTo(Duration.ofSeconds(4));
        BatchAttempt first = told.get(0).of(1).attempts().get(0);
        assertThat(first.delivered()).isEqualTo(FrameSet.of(1));
        assertThat(first.renderTime()).isEqualTo(Duration.ofSeconds(10));
        assertThat(first.fetchTime()).isNotNull();
    }

    @Test
    @DisplayName("is the same after another coordinator has taken over")
    void takeover() {
        farm(Duration.ofSeconds(90), Duration.ofSeconds(150))
                .faults(Faults.none().at(Duration.ofSeconds(100), Fault.TAKEOVER, 0, Duration.ofSeconds(1)))
                .build()
                .run(SHOT);

        assertThat(told).hasSize(2);
        List<BatchAttempt> before = told.get(0).attempts().stream()
                .filter(attempt -> attempt.endedAt() != null)
                .toList();
        assertThat(before).hasSizeGreaterThan(5);
        for (BatchAttempt attempt : before) {
            BatchAttempt after = told.get(1).attempts().stream()
                    .filter(later -> later.id().equals(attempt.id()))
                    .findFirst()
                    .orElseThrow();
            assertThat(after.facts()).isEqualTo(attempt.facts());
            assertThat(after.endedAt()).isEqualTo(attempt.endedAt());
            assertThat(after.queuedAt()).isEqualTo(attempt.queuedAt());
            assertThat(after.delivered()).isEqualTo(attempt.delivered());
            assertThat(after.batch().failure()).isEqualTo(attempt.batch().failure());
        }
    }
}
