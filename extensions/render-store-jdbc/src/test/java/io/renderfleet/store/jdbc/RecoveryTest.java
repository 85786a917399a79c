package io.renderfleet.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.RenderResult;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.StoreUnavailableException;
import io.renderfleet.core.policy.PollPolicy;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.inproc.InProcessTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real engine, the real store and real nodes; only the network is left out. */
@DisplayName("A farm whose jobs lie in an H2 file")
@Timeout(120)
class RecoveryTest {
    private static final RenderSettings TINY =
            RenderSettings.builder().width(32).height(18).build();
    private static final PollPolicy IMPATIENT = new PollPolicy(
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofMinutes(5),
            Duration.ofSeconds(25),
            Duration.ofSeconds(2),
            0.1);

    @TempDir
    private Path folder;

    private final Map<Integer, Integer> saved = new ConcurrentHashMap<>();
    private final Map<String, RenderNode> nodes = new ConcurrentHashMap<>();
    private final List<RenderExecutor> farms = new ArrayList<>();
    private final List<JobTransition> heard = new CopyOnWriteArrayList<>();

    @BeforeEach
    void startNodes() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            nodes.put(
                    name,
                    RenderNode.builder()
                            .engine(new CountingEngine(Duration.ofMillis(20), saved))
                            .outputRoot(folder.resolve(name))
                            .build());
        }
    }

    @AfterEach
    void stop() {
        farms.forEach(RenderExecutor::close);
        nodes.values().forEach(RenderNode::close);
    }

    /** A coordinator as a process would be that has just been started. */
    private RenderExecutor start() {
        InProcessTransport transport = new InProcessTransport();
        nodes.forEach(transport::add);
        RenderExecutor farm = RenderExecutor.builder()
                .renderer("test-pattern")
                .transport(transport)
                .nodes("inproc:a", "inproc:b", "inproc:c")
                .store(JdbcJobStore.h2(folder.resolve("jobs")))
                .outputRoot(folder.resolve("frames"))
                .polls(IMPATIENT)
                .listener(new RenderListener() {
                    @Override
                    public void onTransition(JobTransition transition) {
                        heard.add(transition);
                    }
                })
                .build();
        farms.add(farm);
        return farm;
    }

    private static RenderRequest request(String frames) {
        return RenderRequest.of(Scene.nodeDefault(), frames).settings(TINY).batchSize(5);
    }

    private static RenderResult finish(RenderExecutor farm, JobId job) throws Exception {
        return farm.job(job)
                .orElseThrow()
                .completion()
                .get(90, TimeUnit.SECONDS)
                .orThrow();
    }

    private static void awaitAccepted(RenderHandle job, int frames) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> job.snapshot().accepted().size() >= frames);
    }

    @Test
    @DisplayName("goes on where it was after each of several restarts, and renders no frame twice")
    void goesOnAfterRestarts() throws Exception {
        RenderExecutor first = start();
        RenderHandle handle = first.submit(request("1-90"));
        for (int accepted : List.of(7, 30, 55)) {
            awaitAccepted(farms.get(farms.size() - 1).job(handle.id()).orElseThrow(), accepted);
            farms.get(farms.size() - 1).detach();
            start();
        }
        RenderExecutor last = farms.get(farms.size() - 1);
        RenderJob resumed = last.job(handle.id()).orElseThrow().snapshot();
        assertThat(resumed.accepted().size()).isGreaterThanOrEqualTo(55);

        RenderResult result = finish(last, handle.id());

        assertThat(result.frames()).hasSize(90);
        assertThat(result.files())
                .hasSize(90)
                .allSatisfy(file -> assertThat(file).isNotEmptyFile());
        assertThat(saved)
                .hasSize(90)
                .allSatisfy((frame, times) -> assertThat(times).isOne());
        assertThat(handle.completion()).isCompletedExceptionally();
        // What was committed while a farm was detached is told to nobody, so the listeners may have missed some.
        assertThat(acceptedFrames()).hasSizeBetween(80, 90).doesNotHaveDuplicates();
    }

    private List<Integer> acceptedFrames() {
        return heard.stream()
                .filter(JobTransition.FramesAccepted.class::isInstance)
                .flatMap(it -> ((JobTransition.FramesAccepted) it).frames().stream())
                .map(output -> output.frame())
                .toList();
    }

    @Test
    @DisplayName("is taken over from a coordinator that still runs, which stands down and renders nothing more")
    void isTakenOver() throws Exception {
        RenderExecutor older = start();
        RenderHandle handle = older.submit(request("1-60"));
        awaitAccepted(handle, 10);

        RenderExecutor newer = start();
        RenderResult result = finish(newer, handle.id());

        assertThat(result.frames()).hasSize(60);
        assertThat(saved)
                .hasSize(60)
                .allSatisfy((frame, times) -> assertThat(times).isOne());
        await().until(() -> !older.isReady());
        assertThatThrownBy(() -> older.submit(request("1"))).isInstanceOf(StoreUnavailableException.class);
        assertTimeout(Duration.ofSeconds(5), older::close, "closing one that stood down waits for nothing");
        assertThat(handle.completion()).isCompletedExceptionally();
        assertThat(newer.isReady()).isTrue();
    }

    @Test
    @DisplayName("renders again what a node had and took with it while nobody watched, and nothing that was accepted")
    void nodeIsGoneMeanwhile() throws Exception {
        RenderExecutor first = start();
        RenderHandle handle = first.submit(request("1-60"));
        awaitAccepted(handle, 15);
        first.detach();
        Objects.requireNonNull(nodes.remove("b")).close();

        RenderExecutor second = start();
        Set<Integer> before = new HashSet<>();
        second.frames(handle.id()).forEach(output -> before.add(output.frame()));
        RenderResult result = finish(second, handle.id());

        assertThat(result.frames()).hasSize(60);
        assertThat(before)
                .hasSizeGreaterThanOrEqualTo(15)
                .allSatisfy(frame -> assertThat(saved.get(frame)).isOne());
    }

    @Test
    @DisplayName("knows ended jobs with their frames, paused ones as paused, and priorities as they were set")
    void knowsHowJobsStand() throws Exception {
        RenderExecutor first = start();
        RenderHandle ended = first.submit(request("1-3").name("done"));
        ended.completion().get(60, TimeUnit.SECONDS);
        RenderHandle cancelled = first.submit(request("1-5000").name("cancelled"));
        cancelled.cancel();
        cancelled.completion().get(60, TimeUnit.SECONDS);
        RenderHandle paused = first.submit(request("11-20").name("paused").requires(Map.of("gpu", "none")));
        paused.pause();
        paused.priority(7);
        RenderHandle waiting = first.submit(request("21-25").name("waiting").after(Set.of(paused.id())));
        await().until(() -> paused.snapshot().priority() == 7);
        first.detach();

        RenderExecutor second = start();

        assertThat(second.jobs().stream().map(RenderJob::id))
                .containsExactly(ended.id(), cancelled.id(), paused.id(), waiting.id());
        assertThat(second.jobs().stream().map(RenderJob::state))
                .containsExactly(JobState.COMPLETED, JobState.CANCELLED, JobState.PAUSED, JobState.QUEUED);
        assertThat(second.frames(ended.id())).hasSize(3);
        assertThat(second.job(ended.id()).orElseThrow().completion()).isCompleted();
        RenderJob asIs = second.job(paused.id()).orElseThrow().snapshot();
        assertThat(asIs.priority()).isEqualTo(7);
        assertThat(asIs.request()).isEqualTo(paused.snapshot().request());
        assertThat(second.job(cancelled.id()).orElseThrow().snapshot().failure())
                .isEqualTo(cancelled.snapshot().failure());
    }
}
