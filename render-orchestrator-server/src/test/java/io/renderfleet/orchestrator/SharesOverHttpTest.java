package io.renderfleet.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.RenderHandle;
import io.renderfleet.core.event.JobTransition;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.SharePolicy;
import io.renderfleet.core.spi.RenderListener;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.engine.TestPatternEngine;
import io.renderfleet.node.server.RenderNodeServer;
import io.renderfleet.transport.http.HttpTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
@DisplayName("On three nodes behind HTTP")
@Timeout(180)
class SharesOverHttpTest {
    private static final Duration FRAME = Duration.ofMillis(60);

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<JobId, String> owners = new ConcurrentHashMap<>();
    private final List<JobTransition> batches = new ArrayList<>();

    SharesOverHttpTest() {}

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private String node(String name) throws IOException {
        RenderNodeServer server = RenderNodeServer.builder(RenderNode.builder()
                        .engine(new TestPatternEngine(FRAME))
                        .outputRoot(folder.resolve(name))
                        .build())
                .port(0)
                .start();
        open.add(server);
        return server.uri().toString();
    }

    private RenderExecutor farm(SharePolicy shares) throws IOException {
        RenderExecutor farm = RenderExecutor.builder()
                .transport(HttpTransport.create())
                .nodes(node("left"), node("middle"), node("right"))
                .outputRoot(folder.resolve("frames"))
                .shares(shares)
                .listener(new RenderListener() {
                    @Override
                    public void onTransition(JobTransition transition) {
                        synchronized (batches) {
                            batches.add(transition);
                        }
                    }
                })
                .build();
        open.add(0, farm);
        return farm;
    }

    private RenderHandle submit(RenderExecutor farm, String owner, int frames, int batchSize) {
        RenderHandle job = farm.submit(RenderRequest.of(Scene.nodeDefault(), FrameSet.range(1, frames))
                .renderer("test-pattern")
                .owner(owner)
                .batchSize(batchSize));
        owners.put(job.id(), owner);
        return job;
    }

    /** For how many seconds each owner held slots, until one of them has nothing left to hand out. */
    private Map<String, Double> slotSeconds() {
        List<JobTransition> all;
        synchronized (batches) {
            all = List.copyOf(batches);
        }
        Map<String, Instant> last = new HashMap<>();
        Map<String, Instant> begun = new HashMap<>();
        for (JobTransition transition : all) {
            if (transition instanceof JobTransition.BatchDispatched it) {
                last.put(owner(it.job()), it.at());
            }
        }
        Instant until = last.values().stream().min(Instant::compareTo).orElseThrow();
        Map<String, Double> seconds = new HashMap<>();
        for (JobTransition transition : all) {
            if (transition instanceof JobTransition.BatchDispatched it) {
                begun.put(it.job() + "/" + it.batch(), it.at());
            } else if (transition instanceof JobTransition.BatchEnded it) {
                Instant from = begun.getOrDefault(it.job() + "/" + it.batch(), it.at());
                Instant to = it.at().isBefore(until) ? it.at() : until;
                seconds.merge(
                        owner(it.job()), Math.max(0, Duration.between(from, to).toNanos() / 1e9), Double::sum);
            }
        }
        return seconds;
    }

    private String owner(JobId job) {
        return owners.getOrDefault(job, "nobody");
    }

    private double partOf(String owner) {
        Map<String, Double> seconds = slotSeconds();
        double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        return seconds.getOrDefault(owner, 0.0) / all;
    }

    @Test
    @DisplayName(
            "ten jobs of one owner get as many seconds of slots as one job of another, whose batches are three times as long")
    void tenAgainstOne() throws Exception {
        RenderExecutor farm = farm(SharePolicy.ofDefaults());
        List<RenderHandle> jobs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            jobs.add(submit(farm, "many", 24, 2));
        }
        jobs.add(submit(farm, "one", 240, 6));
        for (RenderHandle job : jobs) {
            job.completion().get().orThrow();
        }

        assertThat(partOf("one")).isCloseTo(0.5, Offset.offset(0.06));
    }

    @Test
    @DisplayName("an owner of weight 2 gets two thirds of them")
    void weights() throws Exception {
        RenderExecutor farm = farm(SharePolicy.ofDefaults().weight("studio", 2));
        List<RenderHandle> jobs = List.of(submit(farm, "studio", 200, 3), submit(farm, "guest", 200, 3));
        for (RenderHandle job : jobs) {
            job.completion().get().orThrow();
        }

        assertThat(partOf("studio")).isCloseTo(2 / 3.0, Offset.offset(0.06));
    }
}
