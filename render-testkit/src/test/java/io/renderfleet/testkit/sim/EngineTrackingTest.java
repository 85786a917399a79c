package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderExecutorBuilder;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.FarmNotice;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Capability;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.BalancePolicy;
import io.renderfleet.core.policy.PollPolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        assertThat(Script.played(report).results())
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
    @DisplayName("wants to be told of no progress of a last frame that no idle node would render sooner")
    void noProgressWhereNobodyCanHelp() {
        Consumer<RenderExecutorBuilder> balancing = engine -> engine.splitter(BatchSplitters.fixed(1));
        SimulationReport alike = complete(SimulatedFarm.builder()
                .nodes(4, NodeSpec.USUAL)
                .frames(FrameCosts.constant(Duration.ofSeconds(15)))
                .engine(balancing)
                .build()
                .run(shot("1-10")));

        assertThat(alike.calls().get(CallKind.POLL)).isEqualTo(alike.batches());
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
            assertThat(Script.played(report).results().get(1).state()).isEqualTo(JobState.COMPLETED);
        }
    }

    @Test
    @DisplayName("lists nothing where the end of a batch tells its files, and each batch once where it does not")
    void toldWithTheEnd() {
        SimulationReport told = complete(farm(2, NodeSpec.USUAL).build().run(shot("1-80")));
        SimulationReport tooMany =
                complete(farm(2, NodeSpec.USUAL.tells(3)).build().run(shot("1-80")));
        SimulationReport older =
                complete(farm(2, NodeSpec.USUAL.tells(0)).build().run(shot("1-80")));

        assertThat(told.calls()).doesNotContainKey(CallKind.FRAMES);
        assertThat(tooMany.calls()).containsEntry(CallKind.FRAMES, tooMany.batches());
        assertThat(older.calls()).containsEntry(CallKind.FRAMES, older.batches());
        assertThat(List.of(told, tooMany, older))
                .allSatisfy(report -> assertThat(report.calls()).containsEntry(CallKind.FETCH, 80L));
    }

    /** Runs a job of frames of that size, 5 s each, in batches of four. */
    private SimulationReport sized(long bytes) {
        return complete(
                farm(1, NodeSpec.USUAL).frameBytes(frame -> bytes).build().run(shot("1-40")));
    }

    /** How long after its batch was sent out each frame was accepted, in seconds, without the first batch. */
    private List<Long> acceptedAfter() {
        return diary.all(JobTransition.FramesAccepted.class).stream()
                .filter(accepted ->
                        !accepted.batch().equals(diary.dispatches().get(0).batch()))
                .map(accepted -> diary.dispatches().stream()
                        .filter(sent -> sent.batch().equals(accepted.batch()))
                        .map(sent -> Duration.between(sent.at(), accepted.at()).toSeconds())
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    @Test
    @DisplayName("fetches large frames while their batch goes on, each within about the time that one takes")
    void largeFrames() {
        SimulationReport large = sized(8L << 20);

        assertThat(acceptedAfter())
                .hasSize(36)
                .allSatisfy(seconds -> assertThat(seconds).isLessThan(21));
        assertThat(acceptedAfter()).filteredOn(seconds -> seconds <= 11).hasSizeGreaterThanOrEqualTo(9);
        assertThat(acceptedAfter()).filteredOn(seconds -> seconds >= 20).hasSizeLessThanOrEqualTo(18);
        assertThat(large.calls().get(CallKind.POLL)).isLessThanOrEqualTo(4 * large.batches());
        assertThat(large.calls().get(CallKind.FRAMES)).isLessThanOrEqualTo(3 * large.batches());
        assertThat(large.calls()).containsEntry(CallKind.FETCH, 40L);
    }

    @Test
    @DisplayName("fetches smaller ones at the end, with one poll and no list")
    void smallFrames() {
        SimulationReport small = sized((8L << 20) - 1);

        assertThat(acceptedAfter())
                .hasSize(36)
                .allSatisfy(seconds -> assertThat(seconds).isEqualTo(20));
        assertThat(small.calls().get(CallKind.POLL)).isEqualTo(small.batches());
        assertThat(small.calls()).doesNotContainKey(CallKind.FRAMES);
    }

    @Test
    @DisplayName("fetches no frame twice that it had fetched while the batch ran")
    void fetchedBefore() {
        SimulationReport watched = complete(farm(1, NodeSpec.USUAL)
                .at(Duration.ofSeconds(1), onAll(handle -> handle.onProgress(progress -> {})))
                .build()
                .run(shot("1-40")));

        // The last of four frames is told with the end.
        assertThat(watched.calls()).containsEntry(CallKind.FRAMES, 30L);
        assertThat(watched.calls()).containsEntry(CallKind.FETCH, 40L);
    }

    @Test
    @DisplayName(
            "takes what an end tells as it takes a list: frames that are not there are rendered again, the others are kept")
    void partialAndWrongResults() {
        for (Fault fault : List.of(Fault.PARTIAL_RESULT, Fault.WRONG_RESULT)) {
            for (int batch = 0; batch < 5; batch++) {
                SimulationReport report = complete(farm(2, NodeSpec.USUAL)
                        .faults(Faults.none().next(Duration.ZERO, fault, null, batch, 1))
                        .build()
                        .run(shot("1-20")));

                assertThat(report.calls()).as("%s", fault).doesNotContainKey(CallKind.FRAMES);
                assertThat(report.calls()).as("%s", fault).containsEntry(CallKind.FETCH, 20L);
                assertThat(report.batches()).as("%s", fault).isGreaterThan(5);
            }
        }
    }

    @Test
    @DisplayName(
            "takes a batch away from a node that says that it renders and shows no progress, once that lasts too long")
    void stalled() {
        for (int after = 0; after < 5; after++) {
            Diary told = new Diary();
            SimulationReport report = complete(farm(2, NodeSpec.USUAL)
                    .engine(builder -> told.accept(builder.splitter(BatchSplitters.fixed(4))
                            .stallTimeout(Duration.ofMinutes(30))
                            .balance(BalancePolicy.none())))
                    .faults(Faults.none().next(Duration.ZERO, Fault.STALLED_BATCH, null, after, 1))
                    .build()
                    .run(shot("1-40")));

            assertThat(told.all(JobTransition.BatchEnded.class))
                    .as("batch %s", after)
                    .filteredOn(ended -> ended.failure() != null)
                    .singleElement()
                    .satisfies(ended -> {
                        Failure failure = Objects.requireNonNull(ended.failure());
                        assertThat(failure.kind()).isEqualTo(FailureKind.HUNG);
                        assertThat(failure.message()).contains("no progress for 1800 s");
                    });
            assertThat(report.makespan()).isBetween(Duration.ofMinutes(30), Duration.ofMinutes(60));
        }
    }

    @Test
    @DisplayName("leaves a batch alone that goes on, however slowly, and one whose node does not answer")
    void slowIsNotStalled() {
        SimulationReport report = complete(farm(0, NodeSpec.USUAL)
                .node(NodeSpec.ofSpeed(0.001))
                .engine(builder -> builder.splitter(BatchSplitters.fixed(4)).stallTimeout(Duration.ofMinutes(3)))
                .build()
                .run(shot("1-2")));

        assertThat(report.makespan()).isGreaterThan(Duration.ofMinutes(30));
        assertThat(report.batches()).isEqualTo(1);
    }

    @Test
    @DisplayName("waits as long as a node without a free slot asked, though it has given up a batch there meanwhile")
    void givenUpIsNotEnded() {
        Submission first = new Submission(Duration.ZERO, shot("1-4"));
        Submission second = new Submission(Duration.ofSeconds(12), shot("11-12"));
        SimulationReport report = farm(0, NodeSpec.USUAL)
                .node(NodeSpec.USUAL.slots(2).capabilities(without(Capability.CANCEL)))
                .frames(FrameCosts.constant(Duration.ofSeconds(60)))
                .at(
                        Duration.ofSeconds(10),
                        executor -> executor.job(executor.jobs().get(0).id()).ifPresent(job -> job.cancel()))
                .faults(Faults.none()
                        .next(Duration.ZERO, Fault.LOST_REQUEST, CallKind.CANCEL, 1)
                        .at(Duration.ofSeconds(11), Fault.BUSY_STORM, 1, Duration.ofSeconds(40)))
                .build()
                .run(List.of(first, second));

        assertThat(Script.played(report).results())
                .extracting(RenderResult::state)
                .containsExactly(JobState.CANCELLED, JobState.COMPLETED);
        // A call that comes before the node's Retry-After is a violation.
        assertThat(report.calls().get(CallKind.SUBMIT)).isEqualTo(3);
    }

    @Test
    @DisplayName("ends a batch of which it learned while it ran that its frames cannot be listed")
    void foundUnlistable() {
        Set<Capability> plain = EnumSet.of(Capability.CANCEL);
        SimulationReport report = complete(farm(0, NodeSpec.USUAL)
                .node(NodeSpec.USUAL.capabilities(plain))
                .node(NodeSpec.USUAL.labels(Map.of("other", "yes")))
                .faults(Faults.none().next(Duration.ZERO, Fault.MISROUTED, CallKind.DESCRIBE, 1))
                .build()
                .run(shot("1-40")));

        assertThat(report.results().get(0).unverified().isEmpty()).isFalse();
    }

    @Test
    @DisplayName("believes no end that another node tells")
    void misroutedEnd() {
        for (int poll = 0; poll < 10; poll++) {
            SimulationReport report = complete(farm(2, NodeSpec.USUAL)
                    .faults(Faults.none().next(Duration.ZERO, Fault.MISROUTED, CallKind.POLL, poll, 1))
                    .build()
                    .run(shot("1-40")));

            assertThat(report.extraWork()).as("poll %s", poll).isZero();
            assertThat(report.calls()).as("poll %s", poll).containsEntry(CallKind.FETCH, 40L);
        }
    }

    @Test
    @DisplayName("asks a node that does not say who it is once more before it takes a batch there for lost")
    void misroutedAmongTheAnonymous() {
        NodeSpec plain = NodeSpec.USUAL.capabilities(Set.of());
        for (int poll = 0; poll < 5; poll++) {
            SimulationReport report = complete(farm(0, plain)
                    .node(plain)
                    .node(plain)
                    .faults(Faults.none().next(Duration.ZERO, Fault.MISROUTED, CallKind.POLL, poll, 1))
                    .build()
                    .run(shot("1-40")));

            assertThat(report.extraWork()).as("poll %s", poll).isZero();
        }
    }

    @Test
    @DisplayName("waits longer each time that a node is asked too often and does not say how long to wait")
    void throttledWithoutATime() {
        SimulationReport listing = complete(farm(1, NodeSpec.USUAL.tells(0))
                .faults(Faults.none().next(Duration.ZERO, Fault.THROTTLED, CallKind.FRAMES, 6))
                .build()
                .run(shot("1-4")));
        SimulationReport fetching = complete(farm(1, NodeSpec.USUAL)
                .faults(Faults.none().next(Duration.ZERO, Fault.THROTTLED, CallKind.FETCH, 6))
                .build()
                .run(shot("1")));

        List<Double> asked = listing.trace().stream()
                .filter(line -> line.contains("(FRAMES)"))
                .map(line -> Double.valueOf(line.strip().split(" ", 2)[0]))
                .toList();
        assertThat(asked).hasSize(7);
        double wait = 0.2;
        for (int i = 1; i < asked.size(); i++) {
            // Twice as long each time, up to half of it random.
            assertThat(asked.get(i) - asked.get(i - 1)).isBetween(wait, 0.51 * Math.pow(2, i - 1));
            wait = asked.get(i) - asked.get(i - 1);
        }
        assertThat(fetching.calls()).containsEntry(CallKind.FETCH, 7L);
        assertThat(fetching.makespan()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(37));
    }

    @Test
    @DisplayName("asks a node that holds an answer for nothing else, and one that does nothing as often as ever")
    void heldPollsAreSignsOfLife() {
        Consumer<RenderExecutorBuilder> single =
                engine -> diary.accept(engine.splitter(BatchSplitters.fixed(1)).balance(BalancePolicy.none()));
        SimulationReport busy = complete(farm(1, NodeSpec.USUAL)
                .frames(FrameCosts.constant(Duration.ofMinutes(30)))
                .engine(single)
                .build()
                .run(shot("1")));
        SimulationReport withIdle = complete(farm(2, NodeSpec.USUAL)
                .frames(FrameCosts.constant(Duration.ofMinutes(30)))
                .engine(single)
                .build()
                .run(shot("1")));

        assertThat(busy.calls()).containsEntry(CallKind.DESCRIBE, 1L);
        assertThat(busy.calls().get(CallKind.POLL)).isBetween(88L, 92L);
        assertThat(withIdle.calls().get(CallKind.DESCRIBE)).isBetween(150L, 230L);
    }

    @Test
    @DisplayName(
            "notices a node that stands still while it holds an answer: in 34 s at most, and gives its batch up in 55 s")
    void frozenWhileHolding() {
        for (int hold : List.of(5, 20, 25)) {
            for (int second = 100; second < 126; second++) {
                diary.events().clear();
                Duration frozen = Duration.ofSeconds(second).plusMillis(137);
                PollPolicy usual = PollPolicy.ofDefaults();
                PollPolicy policy = new PollPolicy(
                        usual.firstInterval(),
                        usual.maxInterval(),
                        usual.maxRetryAfter(),
                        Duration.ofSeconds(hold),
                        usual.giveUpAfter(),
                        usual.jitter());
                complete(farm(2, NodeSpec.USUAL)
                        .frames(FrameCosts.constant(Duration.ofMinutes(4)))
                        .engine(engine -> diary.accept(engine.polls(policy)
                                .splitter(BatchSplitters.fixed(1))
                                .balance(BalancePolicy.none())))
                        .faults(Faults.none().at(frozen, Fault.NODE_FREEZE, 1, Duration.ofMinutes(20)))
                        .build()
                        .run(shot("1-2")));

                // Silent for 24 s at most before it is asked, and 10 s that a call takes.
                assertThat(diary.at(diary.first(FarmNotice.NodeSuspected.class)).minus(frozen))
                        .as("held for %s s, frozen at %s s", hold, second)
                        .isLessThan(Duration.ofMillis(34_100));
                assertThat(diary.at(diary.endOf(new BatchId("1"))).minus(frozen))
                        .as("held for %s s, frozen at %s s", hold, second)
                        .isLessThan(Duration.ofSeconds(hold > 20 ? 60 : 55));
            }
        }
    }
}
