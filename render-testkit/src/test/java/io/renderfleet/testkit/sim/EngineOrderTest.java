package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Among jobs, the engine")
@ExtendWith(QuietEngine.class)
class EngineOrderTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Diary diary = new Diary();

    /** Frames of a second, batches of five, and nothing moved afterwards. */
    private SimulatedFarm.Builder farm(int nodes) {
        return SimulatedFarm.builder()
                .nodes(nodes, NodeSpec.USUAL)
                .frames(FrameCosts.constant(SECOND))
                .engine(engine ->
                        diary.accept(engine.splitter(BatchSplitters.fixed(5)).balance(BalancePolicy.none())))
                .horizon(Duration.ofHours(50));
    }

    private static RenderRequest shot(String frames) {
        return RenderRequest.of(Scene.onNodes("shot.blend"), frames);
    }

    private static Submission at(long seconds, RenderRequest request) {
        return new Submission(Duration.ofSeconds(seconds), request);
    }

    private static void complete(SimulationReport report) {
        assertThat(report.results())
                .allSatisfy(result ->
                        assertThat(result.state()).as("%s", result.failure()).isEqualTo(JobState.COMPLETED));
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

    @Test
    @DisplayName("serves the one of higher priority first")
    void priority() {
        SimulationReport report = farm(2).build()
                .run(List.of(at(0, shot("1-100")), at(12, shot("1-40").priority(1))));

        complete(report);
        assertThat(report.results().get(1).took()).isLessThan(Duration.ofSeconds(26));
    }

    @Test
    @DisplayName("never lets 100,000 frames starve five")
    void fairShare() {
        SimulationReport report = farm(10).checks(false)
                .at(Duration.ofSeconds(700), on("long", RenderHandle::cancel))
                .build()
                .run(List.of(at(0, shot("1-100000").name("long")), at(600, shot("1-5"))));

        assertThat(report.results().get(1).state()).isEqualTo(JobState.COMPLETED);
        assertThat(report.results().get(1).took()).isLessThan(Duration.ofSeconds(12));
    }

    @Test
    @DisplayName("gives equals the same share of the slots, whatever their lengths")
    void equalShares() {
        farm(6).build()
                .run(
                        shot("1-600").name("a"),
                        shot("1-300").name("b"),
                        shot("1-150").name("c"));

        Map<JobId, Integer> early = new HashMap<>();
        diary.dispatches().stream()
                .filter(sent -> diary.at(sent).compareTo(Duration.ofSeconds(60)) < 0)
                .forEach(sent -> early.merge(sent.job(), 1, Integer::sum));
        assertThat(early.values())
                .hasSize(3)
                .allSatisfy(count -> assertThat(count).isBetween(21, 27));
    }

    @Test
    @DisplayName("has no more batches of a job under way than it allows")
    void cap() {
        SimulationReport report = farm(6).build().run(shot("1-60").maxRunning(2));

        complete(report);
        assertThat(report.makespan()).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
        int open = 0;
        for (var event : diary.events()) {
            open += event instanceof JobTransition.BatchDispatched ? 1 : 0;
            open -= event instanceof JobTransition.BatchEnded ? 1 : 0;
            assertThat(open).isLessThanOrEqualTo(2);
        }
    }

    @Test
    @DisplayName("gives a job to those nodes only that have the labels which it requires")
    void labels() {
        SimulationReport report = farm(3).node(NodeSpec.USUAL.labels(Map.of("gpu", "yes", "os", "linux")))
                .node(NodeSpec.USUAL.labels(Map.of("gpu", "no")))
                .build()
                .run(shot("1-30").requires(Map.of("gpu", "yes")));

        complete(report);
        assertThat(diary.nodes()).containsOnly("n4");
    }

    @Test
    @DisplayName("begins a job once all jobs before it are complete")
    void jobAfterJob() {
        SimulationReport report = farm(3).build()
                .run(List.of(
                        at(0, shot("1-30").name("first")),
                        at(0, shot("1-20").name("second")),
                        at(1, shot("1-10").name("third")).after(0, 1)));

        complete(report);
        JobId third = report.results().get(2).job();
        int begins = diary.events().indexOf(diary.dispatchesOf(third).get(0));
        assertThat(diary.events().subList(0, begins))
                .filteredOn(JobTransition.JobEnded.class::isInstance)
                .hasSize(2);
    }

    @Test
    @DisplayName("does not begin a job whose predecessor failed, and says so")
    void failedBefore() {
        SimulationReport report = farm(3).poison(Set.of(7))
                .build()
                .run(List.of(at(0, shot("1-10")), at(1, shot("20-30")).after(0)));

        RenderResult second = report.results().get(1);
        assertThat(second.state()).isEqualTo(JobState.FAILED);
        assertThat(second.failure()).isNotNull();
        assertThat(second.failure().kind()).isEqualTo(FailureKind.DEPENDENCY_FAILED);
        assertThat(diary.dispatchesOf(second.job())).isEmpty();
    }

    @Test
    @DisplayName("begins each frame once the same frame of the job before it is there")
    void frameAfterFrame() {
        SimulationReport report = farm(4).build()
                .run(List.of(at(0, shot("1-60")), at(1, shot("1-60")).afterFrames(0)));

        complete(report);
        JobId before = report.results().get(0).job();
        JobId after = report.results().get(1).job();
        FrameSet there = FrameSet.empty();
        for (var event : diary.events()) {
            if (event instanceof JobTransition.FramesAccepted accepted
                    && accepted.job().equals(before)) {
                there = there.union(FrameSet.of(
                        accepted.frames().stream().mapToInt(FrameOutput::frame).toArray()));
            } else if (event instanceof JobTransition.BatchDispatched sent
                    && sent.job().equals(after)) {
                assertThat(there.containsAll(sent.frames())).as("%s", sent).isTrue();
            }
        }
        assertThat(diary.at(diary.dispatchesOf(after).get(0))).isLessThan(Duration.ofSeconds(12));
    }

    @Test
    @DisplayName("takes a frame for there, too, that its node cannot show")
    void frameAfterUnverifiedFrame() {
        SimulationReport report = farm(0).nodes(3, NodeSpec.USUAL.capabilities(Set.of()))
                .build()
                .run(List.of(at(0, shot("1-30")), at(1, shot("1-30")).afterFrames(0)));

        complete(report);
        assertThat(report.results().get(1).unverified()).isEqualTo(FrameSet.range(1, 30));
    }

    @Test
    @DisplayName("sends nothing of a paused job, lets go on what runs, and goes on when it is resumed")
    void pauseAndResume() {
        SimulationReport report = farm(2).at(Duration.ofSeconds(12), on("shot", RenderHandle::pause))
                .at(Duration.ofSeconds(100), on("shot", RenderHandle::resume))
                .build()
                .run(shot("1-40").name("shot"));

        complete(report);
        assertThat(diary.dispatches())
                .noneMatch(sent ->
                        diary.at(sent).toSeconds() > 12 && diary.at(sent).toSeconds() < 100);
        assertThat(diary.all(JobTransition.BatchEnded.class))
                .filteredOn(
                        end -> diary.at(end).toSeconds() > 12 && diary.at(end).toSeconds() < 100)
                .hasSize(2)
                .allMatch(end -> end.outcome() == BatchOutcome.COMPLETED);
    }

    @Test
    @DisplayName("stops what runs of a cancelled job, and gives its nodes to others at once")
    void cancel() {
        SimulationReport report = farm(2).at(Duration.ofSeconds(7), on("one", RenderHandle::cancel))
                .build()
                .run(shot("1-400").name("one").priority(1), shot("1-10").name("two"));

        assertThat(report.results())
                .extracting(RenderResult::state)
                .containsExactly(JobState.CANCELLED, JobState.COMPLETED);
        assertThat(report.results().get(0).frames()).hasSizeBetween(10, 14);
        assertThat(report.makespan()).isLessThan(Duration.ofSeconds(14));
    }

    @Test
    @DisplayName("tries the failed frames of a job again when asked to, and no others")
    void retryFailedOnly() {
        AtomicBoolean repaired = new AtomicBoolean();
        SimulationReport report = farm(2).trouble((frame, node) -> frame % 10 == 3 && !repaired.get()
                        ? Failure.of(FailureKind.CRASHED, frame, "The renderer crashed.")
                        : null)
                .at(Duration.ofMinutes(30), on("shot", handle -> {
                    repaired.set(true);
                    assertThat(handle.retry()).isTrue();
                }))
                .build()
                .run(List.of(at(0, shot("1-40").name("shot")), at(3_600, shot("1"))));

        JobId job = report.results().get(0).job();
        List<JobTransition.JobEnded> ends = diary.all(JobTransition.JobEnded.class);
        assertThat(report.results().get(0).failed()).isEqualTo(FrameSet.parse("3-33x10"));
        assertThat(ends).extracting(JobTransition.JobEnded::state).startsWith(JobState.FAILED, JobState.COMPLETED);
        FrameSet again = FrameSet.empty();
        for (JobTransition.BatchDispatched sent : diary.dispatchesOf(job)) {
            again = sent.at().isAfter(ends.get(0).at()) ? again.union(sent.frames()) : again;
        }
        assertThat(again).isEqualTo(FrameSet.parse("3-33x10"));
    }

    @Test
    @DisplayName(
            "has a job that was cancelled while it waited for another one wait and go on as before, once it is tried"
                    + " again")
    void retryOfAWaitingJob() {
        for (int retriedAt : List.of(20, 200)) {
            diary.events().clear();
            farm(1).at(Duration.ofSeconds(10), on("after", RenderHandle::cancel))
                    .at(
                            Duration.ofSeconds(retriedAt),
                            on("after", handle -> assertThat(handle.retry()).isTrue()))
                    .build()
                    .run(List.of(
                            at(0, shot("1-100")),
                            at(1, shot("1-10").name("after")).after(0)));

            List<JobTransition.JobEnded> ends = diary.all(JobTransition.JobEnded.class);
            assertThat(ends)
                    .extracting(JobTransition.JobEnded::state)
                    .containsExactly(JobState.CANCELLED, JobState.COMPLETED, JobState.COMPLETED);
            assertThat(diary.dispatchesOf(ends.get(0).job()).get(0).at())
                    .isAfterOrEqualTo(ends.get(1).at());
        }
    }

    @Test
    @DisplayName("serves a job by its new priority from the moment it is changed")
    void newPriority() {
        SimulationReport report = farm(1).at(Duration.ofSeconds(21), on("late", handle -> handle.priority(5)))
                .build()
                .run(shot("1-100").name("early").priority(1), shot("1-20").name("late"));

        complete(report);
        assertThat(report.results().get(1).took()).isBetween(Duration.ofSeconds(44), Duration.ofSeconds(47));
    }
}
