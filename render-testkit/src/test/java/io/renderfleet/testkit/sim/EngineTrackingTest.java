package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.BalancePolicy;
import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Of what runs on nodes, the engine")
@ExtendWith(QuietEngine.class)
class EngineTrackingTest {
    private final Diary diary = new Diary();

    private SimulatedFarm.Builder farm(int nodes, NodeSpec spec) {
        return SimulatedFarm.builder()
                .nodes(nodes, spec)
                .frames(FrameCosts.constant(Duration.ofSeconds(5)))
                .engine(engine ->
                        diary.accept(engine.splitter(BatchSplitters.fixed(4)).balance(BalancePolicy.none())))
                .trace(true)
                .horizon(Duration.ofHours(5));
    }

    private static RenderRequest shot(String frames) {
        return RenderRequest.of(Scene.onNodes("shot.blend"), frames);
    }

    private static SimulationReport complete(SimulationReport report) {
        assertThat(report.results())
                .allSatisfy(result -> assertThat(result.state()).isEqualTo(JobState.COMPLETED));
        return report;
    }

    private static Set<Capability> without(Capability capability) {
        Set<Capability> rest = EnumSet.allOf(Capability.class);
        rest.remove(capability);
        return rest;
    }

    private static Consumer<RenderExecutor> onAll(Consumer<RenderHandle> action) {
        return executor -> {
            for (RenderJob job : executor.jobs()) {
                executor.job(job.id()).ifPresent(action);
            }
        };
    }

    @Test
    @DisplayName("hears the end at once and with one poll, where nodes can hold their answers")
    void longPoll() {
        SimulationReport report = complete(farm(2, NodeSpec.USUAL).build().run(shot("1-80")));

        assertThat(report.calls().get(CallKind.POLL)).isEqualTo(report.batches());
        assertThat(report.makespan()).isLessThan(Duration.ofSeconds(201));
    }

    @Test
    @DisplayName("asks the others when their Retry-After says so")
    void retryAfter() {
        SimulationReport report = complete(farm(2, NodeSpec.USUAL.capabilities(without(Capability.LONG_POLL)))
                .build()
                .run(shot("1-80")));

        // Twenty seconds a batch, asked each second, a little later each time.
        assertThat(report.calls().get(CallKind.POLL)).isBetween(18 * report.batches(), 21 * report.batches());
    }

    @Test
    @DisplayName("wants to be told of progress only while somebody watches")
    void progressOnlyWhileWatched() {
        SimulationReport unwatched = complete(farm(1, NodeSpec.USUAL).build().run(shot("1-40")));
        SimulationReport watched = complete(farm(1, NodeSpec.USUAL)
                .at(Duration.ofSeconds(1), onAll(handle -> handle.onProgress(progress -> {})))
                .build()
                .run(shot("1-40")));
        SimulationReport looked = complete(farm(1, NodeSpec.USUAL)
                .at(Duration.ofSeconds(1), onAll(RenderHandle::snapshot))
                .build()
                .run(shot("1-40")));

        assertThat(unwatched.calls().get(CallKind.POLL)).isEqualTo(unwatched.batches());
        assertThat(watched.calls().get(CallKind.POLL)).isGreaterThan(300);
        assertThat(looked.calls().get(CallKind.POLL)).isBetween(30L, 200L);
    }

    @Test
    @DisplayName("wants to be told of progress while a batch may be shortened or rendered twice")
    void progressWhileBalancing() {
        SimulationReport report = complete(farm(2, NodeSpec.USUAL)
                .engine(engine -> diary.accept(engine.splitter(BatchSplitters.fixed(8))))
                .build()
                .run(shot("1-12")));

        List<JobTransition.BatchShortened> shortened = diary.all(JobTransition.BatchShortened.class);
        assertThat(shortened).isNotEmpty();
        assertThat(report.trace())
                .filteredOn(line -> line.contains("(POLL): running"))
                .noneMatch(line -> line.compareTo("    19.") < 0);
    }

    @Test
    @DisplayName("asks the same node with the same key when it does not know whether a batch was taken")
    void ambiguousSubmit() {
        for (Fault fault : List.of(Fault.LOST_REQUEST, Fault.LOST_RESPONSE, Fault.LATE_REQUEST, Fault.LATE_RESPONSE)) {
            diary.events().clear();
            SimulationReport report = complete(farm(3, NodeSpec.USUAL)
                    .faults(Faults.none().next(Duration.ZERO, fault, CallKind.SUBMIT, 1))
                    .build()
                    .run(shot("1-12")));

            assertThat(report.extraWork()).as("%s", fault).isZero();
            assertThat(diary.dispatches()).as("%s", fault).hasSize(3);
            assertThat(report.calls().get(CallKind.SUBMIT)).as("%s", fault).isBetween(3L, 5L);
        }
    }

    @Test
    @DisplayName("gives frames to another node only once the first is known not to have them, or is lost")
    void notElsewhereBefore() {
        SimulationReport report = complete(farm(2, NodeSpec.USUAL)
                .faults(Faults.none().at(Duration.ofMillis(50), Fault.NODE_FREEZE, 1, Duration.ofMinutes(3)))
                .latency(Duration.ofMillis(20))
                .build()
                .run(shot("1-8")));

        JobTransition.BatchEnded lost = diary.all(JobTransition.BatchEnded.class).stream()
                .filter(end -> end.outcome() == BatchOutcome.LOST)
                .findFirst()
                .orElseThrow();
        assertThat(diary.at(lost)).isGreaterThanOrEqualTo(Duration.ofSeconds(20));
        assertThat(report.makespan()).isLessThan(Duration.ofSeconds(80));
    }

    @Test
    @DisplayName("waits out a node that wants fewer calls, polls of batches that are over included")
    void throttledByALatePoll() {
        NodeSpec spec = NodeSpec.USUAL.slots(2).capabilities(without(Capability.LONG_POLL));
        for (int step = 0; step < 40; step++) {
            SimulationReport report = farm(1, spec)
                    .latency(Duration.ofMillis(700))
                    .faults(Faults.none()
                            .at(
                                    Duration.ofMillis(8_000 + step * 100L),
                                    Fault.THROTTLE_STORM,
                                    1,
                                    Duration.ofSeconds(20)))
                    .at(
                            Duration.ofMillis(8_500 + step * 100L),
                            executor -> executor.jobs().stream()
                                    .filter(job -> job.request().priority() == 1)
                                    .forEach(job -> executor.job(job.id()).ifPresent(RenderHandle::cancel)))
                    .build()
                    .run(shot("1-8").priority(1), shot("1-8"));
            assertThat(report.results().get(1).state()).isEqualTo(JobState.COMPLETED);
        }
    }
}
