package io.renderfleet.orchestrator.joblog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.AttemptFacts;
import io.renderfleet.core.model.AttemptId;
import io.renderfleet.core.model.BatchId;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.spi.LogOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The keeper of logs")
@Timeout(60)
class LogKeeperTest {
    private static final JobId JOB = new JobId("shot");
    private static final BatchId BATCH = new BatchId("7");
    private static final List<Duration> AT_ONCE = List.of(Duration.ofMillis(1), Duration.ofMillis(1));

    @TempDir
    Path folder;

    private LogShelf shelf;

    LogKeeperTest() {}

    @BeforeEach
    void makeShelf() {
        shelf = new LogShelf(folder, 1 << 20, 1_000);
    }

    private LogKeeper keeper(LogKeeper.Source source) {
        return new LogKeeper(source, shelf, 1_000, AT_ONCE);
    }

    private static JobTransition ended() {
        return new JobTransition.BatchEnded(
                Instant.EPOCH,
                JOB,
                BATCH,
                new AttemptId("f-1", 1, 7),
                BatchOutcome.COMPLETED,
                null,
                null,
                AttemptFacts.NONE);
    }

    private static void awaitDone(LogKeeper keeper) {
        await().atMost(Duration.ofSeconds(20)).until(() -> keeper.waiting() == 0);
    }

    @Test
    @DisplayName("keeps the log of a batch that ended, and removes it with its job")
    void keeps() {
        try (LogKeeper keeper = keeper(
                (job, batch, most) -> CompletableFuture.completedStage(new LogOutcome.Text(job + " " + batch)))) {
            keeper.onTransition(ended());
            awaitDone(keeper);
            assertThat(shelf.get(JOB, BATCH)).hasValue("shot 7");

            keeper.onTransition(new JobTransition.JobForgotten(Instant.EPOCH, JOB));
            assertThat(shelf.has(JOB, BATCH)).isFalse();
        }
    }

    @Test
    @DisplayName("asks again where the node does not answer")
    void asksAgain() {
        AtomicInteger asked = new AtomicInteger();
        try (LogKeeper keeper = keeper((job, batch, most) -> CompletableFuture.completedStage(
                asked.incrementAndGet() < 3 ? new LogOutcome.Unreachable("away") : new LogOutcome.Text("late")))) {
            keeper.onTransition(ended());
            awaitDone(keeper);

            assertThat(shelf.get(JOB, BATCH)).hasValue("late");
        }
    }

    @Test
    @DisplayName("gives up after the last wait, and where the node has no logs at once")
    void givesUp() {
        AtomicInteger away = new AtomicInteger();
        try (LogKeeper keeper = keeper((job, batch, most) -> {
            away.incrementAndGet();
            return CompletableFuture.failedStage(new IllegalStateException("broken"));
        })) {
            keeper.onTransition(ended());
            awaitDone(keeper);
        }
        AtomicInteger none = new AtomicInteger();
        try (LogKeeper keeper = keeper((job, batch, most) -> {
            none.incrementAndGet();
            return CompletableFuture.completedStage(new LogOutcome.Unsupported());
        })) {
            keeper.onTransition(ended());
            awaitDone(keeper);
        }

        assertThat(away).hasValue(3);
        assertThat(none).hasValue(1);
        assertThat(shelf.has(JOB, BATCH)).isFalse();
    }
}
