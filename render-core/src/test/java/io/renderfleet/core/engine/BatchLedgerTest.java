package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.event.SceneUse;
import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.FrameRate;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderWarning;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The books of a job")
class BatchLedgerTest {
    private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
    private static final JobId JOB = new JobId("shot");
    private static final NodeId NODE = new NodeId("n-1");
    private static final Failure CRASH = Failure.of(FailureKind.CRASHED, "It crashed.");
    private static final int ANY = Integer.MAX_VALUE;

    private final BatchLedger books = new BatchLedger(new JobTransition.JobSubmitted(
            AT, JOB, RenderRequest.of(Scene.nodeDefault(), "1-10").priority(3), Path.of("frames")));

    BatchLedgerTest() {}

    private static FrameSet frames(String text) {
        return FrameSet.parse(text);
    }

    private static AttemptId attempt(int batch) {
        return new AttemptId("f-1", 1, batch);
    }

    private static BatchId id(int batch) {
        return new BatchId(Integer.toString(batch));
    }

    private void dispatch(int batch, String frames, @Nullable Integer speculationOn) {
        books.apply(new JobTransition.BatchDispatched(
                AT,
                JOB,
                id(batch),
                frames(frames),
                attempt(batch),
                URI.create("http://localhost:3001"),
                NODE,
                1,
                speculationOn == null ? null : id(speculationOn),
                SceneUse.AS_SENT));
    }

    private void dispatch(int batch, String frames) {
        dispatch(batch, frames, null);
    }

    private void take(int batch) {
        books.apply(new JobTransition.BatchAccepted(AT, JOB, id(batch), attempt(batch), "j-" + batch, null));
    }

    private void accept(int batch, int... frames) {
        List<FrameOutput> outputs =
                IntStream.of(frames).mapToObj(BatchLedgerTest::output).toList();
        books.apply(new JobTransition.FramesAccepted(AT, JOB, id(batch), attempt(batch), outputs));
    }

    private static FrameOutput output(int frame) {
        Sha256 digest = new Sha256("ab".repeat(32));
        return new FrameOutput(frame, List.of(new OutputFile(frame + ".png", 10, digest, true)), Duration.ofSeconds(1));
    }

    private void end(int batch, BatchOutcome outcome, @Nullable Failure failure) {
        books.apply(new JobTransition.BatchEnded(
                AT, JOB, id(batch), attempt(batch), outcome, failure, null, AttemptFacts.NONE));
    }

    private BatchRecord record(int batch) {
        BatchRecord record = books.openBatch(id(batch));
        assertThat(record).as("batch %d is open", batch).isNotNull();
        return record;
    }

    @Test
    @DisplayName("begin with all frames waiting, and the job queued")
    void begin() {
        assertThat(books.state()).isEqualTo(JobState.QUEUED);
        assertThat(books.allWaiting()).isEqualTo(frames("1-10"));
        assertThat(books.openBatches()).isEmpty();
        assertThat(books.nextBatch()).isEqualTo(id(1));
        assertThat(books.priority()).isEqualTo(3);
        assertThat(books.isExhausted()).isFalse();
        assertThat(books.done()).isZero();
        assertThat(books.hasEnded()).isFalse();
        assertThat(books.begunAt()).isEqualTo(AT);
    }

    @Test
    @DisplayName("have a frame that is dispatched in its batch, and no longer among those that wait")
    void dispatched() {
        dispatch(1, "1-4");

        assertThat(books.state()).isEqualTo(JobState.RUNNING);
        assertThat(books.allWaiting()).isEqualTo(frames("5-10"));
        assertThat(record(1).frames()).isEqualTo(frames("1-4"));
        assertThat(record(1).state()).isEqualTo(Batch.State.DISPATCHED);
        assertThat(record(1).remote()).isNull();
        assertThat(record(1).node()).isEqualTo(NODE);
        assertThat(books.nextBatch()).isEqualTo(id(2));

        dispatch(2, "9-10");
        assertThat(books.allWaiting()).as("taken from the end, too").isEqualTo(frames("5-8"));
    }

    @Test
    @DisplayName("know where a batch is once a node has taken it")
    void taken() {
        dispatch(1, "1-4");
        take(1);

        assertThat(record(1).state()).isEqualTo(Batch.State.RUNNING);
        assertThat(record(1).remoteId()).isEqualTo("j-1");
        assertThat(record(1).remote()).isNotNull();
        assertThat(record(1).node())
                .as("who was asked, where the node does not say")
                .isEqualTo(NODE);
    }

    @Test
    @DisplayName("count a frame once, however often it is accepted")
    void accepted() {
        dispatch(1, "1-4");
        take(1);
        accept(1, 2, 3);
        accept(1, 3);

        assertThat(books.accepted()).isEqualTo(frames("2-3"));
        assertThat(books.outputs()).hasSize(2);
        assertThat(books.done()).isEqualTo(2);
        assertThat(books.isDone(2)).isTrue();
        assertThat(books.isSettled(2)).isTrue();
        assertThat(books.isDone(1)).isFalse();
        assertThat(books.unsettled(frames("1-4"))).isEqualTo(frames("1,4"));
        assertThat(books.unsettled(frames("5-6"))).isEqualTo(frames("5-6"));
        assertThat(books.output(2)).isNotNull();
        assertThat(books.output(1)).isNull();
    }

    @Test
    @DisplayName("have what an ended batch did not deliver wait again, at the front")
    void returned() {
        dispatch(1, "1-4");
        take(1);
        accept(1, 1, 2);
        end(1, BatchOutcome.LOST, CRASH);

        assertThat(books.openBatches()).isEmpty();
        assertThat(books.waiting().head()).isEqualTo(frames("3-10"));
        assertThat(books.waiting().maxBatch()).isEqualTo(ANY);
        assertThat(books.tries(3)).as("a lost node costs no try").isZero();
        assertThat(books.nextTry(frames("3-4"))).isEqualTo(1);
    }

    @Test
    @DisplayName("halve what failed together, until the frame at fault is alone and pays for it")
    void bisected() {
        dispatch(1, "1-4");
        end(1, BatchOutcome.FAILED, CRASH);
        assertThat(books.waiting().head()).isEqualTo(frames("1-4"));
        assertThat(books.waiting().maxBatch()).isEqualTo(2);
        assertThat(books.nextTry(frames("1-4"))).isEqualTo(1);

        dispatch(2, "1-2");
        end(2, BatchOutcome.FAILED, CRASH);
        assertThat(books.waiting().maxBatch()).isEqualTo(1);

        dispatch(3, "1");
        end(3, BatchOutcome.FAILED, CRASH);
        assertThat(books.tries(1)).isEqualTo(1);
        assertThat(books.nextTry(frames("1-2"))).isEqualTo(2);
        assertThat(books.nextTry(frames("2-3"))).isEqualTo(1);
    }

    @Test
    @DisplayName("count a failure against the frame that it names, and leave the batch size alone then")
    void namedCulprit() {
        dispatch(1, "1-4");
        end(1, BatchOutcome.FAILED, Failure.of(FailureKind.CRASHED, 3, "It crashed in frame 3."));

        assertThat(books.tries(3)).isEqualTo(1);
        assertThat(books.waiting().maxBatch()).isEqualTo(ANY);
        assertThat(BatchLedger.culprit(CRASH, frames("7"))).isEqualTo(7);
        assertThat(BatchLedger.culprit(CRASH, frames("7-8"))).isNull();
        assertThat(BatchLedger.culprit(Failure.of(FailureKind.CRASHED, 9, "x"), frames("7-8")))
                .isNull();
    }

    @Test
    @DisplayName("do not halve what the coordinator itself has failed at")
    void coordinatorAtFault() {
        dispatch(1, "1-4");
        end(1, BatchOutcome.FAILED, Failure.of(FailureKind.PUBLISH_FAILED, "The folder is full."));

        assertThat(FailureKind.PUBLISH_FAILED.blame()).isEqualTo(FailureKind.Blame.COORDINATOR);
        assertThat(books.waiting().maxBatch()).isEqualTo(ANY);
    }

    @Test
    @DisplayName("have frames wait again that a running batch gave up")
    void shortened() {
        dispatch(1, "1-4");
        take(1);
        books.apply(new JobTransition.BatchShortened(AT, JOB, id(1), attempt(1), frames("1-2")));

        assertThat(record(1).frames()).isEqualTo(frames("1-2"));
        assertThat(books.allWaiting()).isEqualTo(frames("3-10"));
    }

    @Test
    @DisplayName("have a frame that is rendered twice wait only when both batches are over")
    void speculation() {
        dispatch(1, "1-4");
        take(1);
        dispatch(2, "4", 1);

        assertThat(books.allWaiting()).isEqualTo(frames("5-10"));
        assertThat(books.twin(record(1))).isSameAs(record(2));
        assertThat(books.twin(record(2))).isSameAs(record(1));
        assertThat(books.isSpeculated(record(1))).isTrue();
        assertThat(books.isSpeculated(record(2))).isTrue();

        end(2, BatchOutcome.LOST, CRASH);
        assertThat(books.allWaiting()).isEqualTo(frames("5-10"));
        assertThat(books.twin(record(1))).isNull();
        assertThat(books.isSpeculated(record(1))).isFalse();

        end(1, BatchOutcome.LOST, CRASH);
        assertThat(books.allWaiting()).isEqualTo(frames("1-10"));
    }

    @Test
    @DisplayName("give frames up, for the first reason that there was")
    void failed() {
        books.waiting().rest(frames("3"));
        books.apply(new JobTransition.FramesFailed(AT, JOB, frames("2-3"), CRASH));
        books.apply(new JobTransition.FramesFailed(AT, JOB, frames("4"), Failure.of(FailureKind.HUNG, "It hung.")));

        assertThat(books.failed()).isEqualTo(frames("2-4"));
        assertThat(books.failure()).isEqualTo(CRASH);
        assertThat(books.allWaiting()).isEqualTo(frames("1,5-10"));
        assertThat(books.isSettled(3)).isTrue();
        assertThat(books.isDone(3)).isFalse();
    }

    @Test
    @DisplayName("are exhausted when nothing waits, rests or is on a node")
    void exhausted() {
        dispatch(1, "1-9");
        take(1);
        books.apply(new JobTransition.FramesFailed(AT, JOB, frames("10"), CRASH));
        assertThat(books.isExhausted()).as("a batch is open").isFalse();

        books.apply(new JobTransition.FramesUnverified(AT, JOB, id(1), attempt(1), frames("1-9")));
        end(1, BatchOutcome.COMPLETED, null);

        assertThat(books.isExhausted()).isTrue();
        assertThat(books.unverified()).isEqualTo(frames("1-9"));
        assertThat(books.done()).isEqualTo(9);
        assertThat(books.isDone(9)).isTrue();
    }

    @Test
    @DisplayName("of a job that has ended hold nothing that waits, and go on where somebody tries again")
    void endedAndRetried() {
        Instant later = AT.plusSeconds(60);
        Instant again = AT.plusSeconds(90);
        books.apply(new JobTransition.FramesFailed(AT, JOB, frames("2"), CRASH));
        books.apply(new JobTransition.JobEnded(later, JOB, JobState.FAILED, CRASH));

        assertThat(books.state()).isEqualTo(JobState.FAILED);
        assertThat(books.hasEnded()).isTrue();
        assertThat(books.endedAt()).isEqualTo(later);
        assertThat(books.allWaiting()).isEqualTo(FrameSet.empty());

        books.apply(new JobTransition.FramesRetried(again, JOB, frames("1-3")));

        assertThat(books.state()).isEqualTo(JobState.QUEUED);
        assertThat(books.endedAt()).isNull();
        assertThat(books.failure()).isNull();
        assertThat(books.failed()).isEqualTo(FrameSet.empty());
        assertThat(books.allWaiting()).isEqualTo(frames("1-3"));
        assertThat(books.begunAt()).as("its deadline counts from here").isEqualTo(again);
        assertThat(books.submittedAt()).isEqualTo(AT);
    }

    @Test
    @DisplayName("forget the tries of frames that somebody tries again, and keep the clock of a job that runs")
    void retriedWhileRunning() {
        dispatch(1, "1");
        end(1, BatchOutcome.FAILED, CRASH);
        books.apply(new JobTransition.FramesFailed(AT, JOB, frames("1"), CRASH));
        books.apply(new JobTransition.FramesRetried(AT.plusSeconds(5), JOB, frames("1")));

        assertThat(books.tries(1)).isZero();
        assertThat(books.begunAt()).isEqualTo(AT);
        assertThat(books.waiting().last()).as("behind the others").isEqualTo(1);
    }

    @Test
    @DisplayName("remember pauses, priorities, warnings and what the scene is like")
    void remember() {
        books.apply(new JobTransition.JobPaused(AT, JOB));
        books.apply(new JobTransition.JobReprioritized(AT, JOB, -7));
        RenderWarning warning = new RenderWarning("cpu", 3, "It is rendered on processors.");
        books.apply(new JobTransition.JobWarned(
                AT, JOB, List.of(warning, new RenderWarning("cpu", 4, "It is rendered on processors."))));
        books.apply(new JobTransition.SceneReported(AT, JOB, FrameRate.of(25), null));
        books.apply(new JobTransition.SceneReported(AT, JOB, null, null));

        assertThat(books.isPaused()).isTrue();
        assertThat(books.state()).isEqualTo(JobState.PAUSED);
        assertThat(books.priority()).isEqualTo(-7);
        assertThat(books.warnings()).containsExactly(warning);
        assertThat(books.isNews(warning)).isFalse();
        assertThat(books.isNews(RenderWarning.of("cpu", "Another thing."))).isTrue();
        assertThat(books.frameRate()).isEqualTo(FrameRate.of(25));
        assertThat(books.baked()).isNull();

        books.apply(new JobTransition.JobResumed(AT, JOB));
        assertThat(books.isPaused()).isFalse();
        assertThat(books.state()).isEqualTo(JobState.QUEUED);
    }

    @Test
    @DisplayName("refuse what cannot happen")
    void refuse() {
        dispatch(1, "1-4");
        take(1);
        end(1, BatchOutcome.COMPLETED, null);

        assertThatThrownBy(() -> take(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no open batch 1");
        assertThatThrownBy(() -> books.apply(new JobTransition.JobForgotten(AT, JOB)))
                .isInstanceOf(IllegalArgumentException.class);
        BatchRecord record = new BatchRecord(
                new JobTransition.BatchDispatched(
                        AT,
                        JOB,
                        id(9),
                        frames("1"),
                        attempt(9),
                        URI.create("http://localhost:3001"),
                        NODE,
                        1,
                        null,
                        SceneUse.BAKED),
                AT);
        assertThat(record.scene()).isEqualTo(SceneUse.BAKED);
        assertThatThrownBy(() -> record.ended(new JobTransition.BatchEnded(
                        AT, JOB, id(9), attempt(9), BatchOutcome.COMPLETED, null, null, AttemptFacts.NONE)))
                .as("nobody has taken it")
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot go from DISPATCHED to COMPLETED");
    }
}
