package io.renderfleet.transport.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.BatchOutcome;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.transport.queue.worker.QueueWorker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A farm whose work goes through a queue, on bad days,")
@Timeout(120)
class BadDaysTest {
    private static final Duration PER_FRAME = Duration.ofMillis(100);
    private static final RenderRequest SHOT = RenderRequest.of(Scene.nodeDefault(), "1-24")
            .settings(RenderSettings.builder().width(32).height(18).build())
            .batchSize(3);

    @TempDir
    Path folder;

    private QueueFixture pool;
    private @Nullable RenderExecutor farm;
    private final List<JobTransition> history = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() {
        pool = new QueueFixture(folder);
    }

    @AfterEach
    void close() {
        if (farm != null) {
            farm.close();
        }
        pool.close();
    }

    private RenderHandle submit(RenderRequest request) {
        farm = RenderExecutor.builder()
                .renderer("test-pattern")
                .transport(pool.transport())
                .target(pool.target())
                .outputRoot(folder.resolve("out"))
                .listener(new RenderListener() {
                    @Override
                    public void onTransition(JobTransition transition) {
                        history.add(transition);
                    }
                })
                .build();
        return farm.submit(request);
    }

    private static RenderResult end(RenderHandle job) throws Exception {
        return job.completion().get(90, TimeUnit.SECONDS);
    }

    private void isWhole(RenderResult result) {
        assertThat(result.state()).isEqualTo(JobState.COMPLETED);
        assertThat(result.files()).hasSize(24);
        assertThat(accepted()).hasSize(24).doesNotHaveDuplicates();
    }

    private List<Integer> accepted() {
        return history.stream()
                .filter(JobTransition.FramesAccepted.class::isInstance)
                .flatMap(accepted -> ((JobTransition.FramesAccepted) accepted).frames().stream())
                .map(FrameOutput::frame)
                .toList();
    }

    private List<BatchOutcome> outcomes() {
        return history.stream()
                .filter(JobTransition.BatchEnded.class::isInstance)
                .map(end -> ((JobTransition.BatchEnded) end).outcome())
                .toList();
    }

    private void awaitAccepted(int atLeast) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> accepted().size() >= atLeast);
    }

    @Test
    @DisplayName("renders each frame once although everything is delivered and told twice")
    void doubled() throws Exception {
        pool.brokers.doubleAll();
        pool.worker("left", PER_FRAME);
        pool.worker("right", PER_FRAME);

        RenderHandle job = submit(SHOT);

        isWhole(end(job));
        assertThat(outcomes()).hasSize(8).containsOnly(BatchOutcome.COMPLETED);
    }

    @Tag("long")
    @Test
    @DisplayName(
            "gives the frames of a worker that is gone to another one once its lease is over, and no finished one again")
    void workerGone() throws Exception {
        QueueWorker lost = pool.worker("lost", PER_FRAME);
        RenderHandle job = submit(SHOT);
        awaitAccepted(2);

        lost.close();
        pool.worker("other", PER_FRAME);

        isWhole(end(job));
    }

    @Tag("long")
    @Test
    @DisplayName("loses nothing while the broker is away: workers go on, and what they have done is fetched afterwards")
    void brokerAway() throws Exception {
        pool.worker("left", PER_FRAME);
        pool.worker("right", PER_FRAME);
        RenderHandle job = submit(SHOT);
        awaitAccepted(2);

        pool.brokers.goAway();
        Awaitility.await().pollDelay(QueueFixture.SHORT.lease().plusSeconds(2)).until(() -> true);
        pool.brokers.comeBack();

        isWhole(end(job));
        assertThat(outcomes()).isSubsetOf(BatchOutcome.COMPLETED, BatchOutcome.RETURNED);
    }

    @Tag("long")
    @Test
    @DisplayName("ends although some of what workers and coordinator tell each other is lost")
    void talkIsLost() throws Exception {
        int[] told = {0};
        pool.brokers.lose(topic -> told[0]++ % 3 == 0);
        pool.worker("left", PER_FRAME);
        pool.worker("right", PER_FRAME);

        isWhole(end(submit(SHOT)));
    }

    @Tag("long")
    @Test
    @DisplayName("hands out again what somebody has deleted from the queue")
    void purged() throws Exception {
        RenderHandle job = submit(SHOT);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> pool.brokers.waiting(QueueFixture.POOL) == 4);

        pool.brokers.purge();
        pool.worker("left", PER_FRAME);

        isWhole(end(job));
    }

    @Test
    @DisplayName("puts a message apart that no worker can read, and goes on")
    void garbage() throws Exception {
        Broker stranger = pool.brokers.connect();
        stranger.put(QueueFixture.POOL, "no batch".getBytes(StandardCharsets.UTF_8))
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
        pool.worker("left", PER_FRAME);

        isWhole(end(submit(SHOT)));

        assertThat(pool.brokers.rejected()).hasSize(1);
    }

    @Test
    @DisplayName("ends a job that no worker can render with the reason")
    void poison() throws Exception {
        pool.worker("left", PER_FRAME);
        RenderRequest impossible = SHOT.settings(
                RenderSettings.builder().width(32).height(18).format("OPEN_EXR").build());

        RenderResult result = end(submit(impossible));

        assertThat(result.state()).isEqualTo(JobState.FAILED);
        assertThat(result.failure()).isNotNull();
        assertThat(result.failure().kind()).isEqualTo(FailureKind.UNSUPPORTED_FORMAT);
        assertThat(pool.brokers.waiting(QueueFixture.POOL)).isZero();
    }

    @Test
    @DisplayName("has a worker that drains finish what it has, and another one do the rest")
    void drains() throws Exception {
        QueueWorker first = pool.worker("first", PER_FRAME);
        RenderHandle job = submit(SHOT);
        awaitAccepted(1);

        first.drain(Duration.ofSeconds(20)).toCompletableFuture().get(30, TimeUnit.SECONDS);
        int before = accepted().size();
        pool.worker("second", PER_FRAME);

        isWhole(end(job));
        assertThat(before).isLessThan(24);
    }
}
