package io.renderfleet.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.RenderExecutor;
import io.renderfleet.core.model.Batch;
import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.JobState;
import io.renderfleet.core.model.RenderJob;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.policy.SharePolicy;
import io.renderfleet.core.split.BatchSplitters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Between owners and jobs, the engine")
@ExtendWith(QuietEngine.class)
class EngineSharesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Map<String, Long> slotSeconds = new TreeMap<>();

    EngineSharesTest() {}

    /** Frames of ten seconds on nodes that take a while to load a scene. */
    private static SimulatedFarm.Builder farm(int nodes, SharePolicy shares) {
        return SimulatedFarm.builder()
                .nodes(nodes, NodeSpec.USUAL.startUp(Duration.ofSeconds(5)))
                .frames(FrameCosts.logNormal(Duration.ofSeconds(10), 0.5, 1))
                .engine(engine -> engine.splitter(BatchSplitters.adaptive()).shares(shares));
    }

    private static RenderRequest shot(String owner, String scene, int frames) {
        return RenderRequest.of(Scene.onNodes(scene + ".blend"), FrameSet.range(1, frames))
                .owner(owner)
                .name(scene);
    }

    /** Counts every second of the first hour, while all owners have work, whose batches are on nodes. */
    private SimulatedFarm.Builder counted(SimulatedFarm.Builder farm) {
        for (Duration at = SECOND; at.compareTo(HOUR) < 0; at = at.plus(SECOND)) {
            farm.at(at, this::count);
        }
        return farm.checks(false);
    }

    private void count(RenderExecutor executor) {
        for (RenderJob job : executor.jobs()) {
            long running = job.batches().stream()
                    .filter(batch -> batch.state() == Batch.State.RUNNING)
                    .count();
            slotSeconds.merge(job.request().owner().orElse("nobody"), running, Long::sum);
        }
    }

    private double partOf(String owner) {
        return (double) slotSeconds.getOrDefault(owner, 0L)
                / slotSeconds.values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    @DisplayName("gives ten jobs of one owner as many seconds of slots as one job of another")
    void tenAgainstOne() {
        for (int nodes : List.of(1, 3, 8)) {
            slotSeconds.clear();
            List<RenderRequest> requests = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                requests.add(shot("many", "many-" + i, 150 * nodes));
            }
            requests.add(shot("one", "one", 400 * nodes));

            counted(farm(nodes, SharePolicy.ofDefaults())).build().run(requests.toArray(RenderRequest[]::new));

            assertThat(partOf("one")).as("on %d nodes", nodes).isCloseTo(0.5, Offset.offset(0.03));
        }
    }

    @Test
    @DisplayName(
            "gives an owner of weight 3 three quarters of the slots beside one of whom nothing is said, whose batches are ten times as long")
    void weights() {
        counted(farm(8, SharePolicy.ofDefaults().weight("studio", 3)))
                .build()
                .run(
                        shot("studio", "film", 3_000).batchSize(2),
                        shot("guest", "test", 1_000).batchSize(20));

        assertThat(partOf("studio")).isCloseTo(0.75, Offset.offset(0.03));
    }

    @Test
    @DisplayName(
            "ends the jobs of an owner sooner on average where the shortest goes first, and none of another owner later")
    void shortestFirst() {
        RenderRequest[] requests = {
            shot("ann", "long", 2_000),
            shot("ann", "short", 50),
            shot("ann", "middle", 400),
            shot("bob", "other", 1_000)
        };
        SimulationReport equal = farm(8, SharePolicy.ofDefaults()).build().run(requests);
        SimulationReport shortest = farm(
                        8, SharePolicy.ofDefaults().withinOwner(SharePolicy.WithinOwner.SHORTEST_FIRST))
                .build()
                .run(requests);

        assertThat(seconds(shortest, 0, 1, 2)).isLessThan(0.95 * seconds(equal, 0, 1, 2));
        assertThat(seconds(shortest, 3)).isLessThan(1.1 * seconds(equal, 3));
    }

    private static double seconds(SimulationReport report, int... jobs) {
        double all = 0;
        for (int job : jobs) {
            all += report.times().get(job).toNanos() / 1e9;
        }
        return all;
    }

    @Test
    @DisplayName(
            "has each node stay with a scene that takes a minute to load, so that five jobs on twenty nodes load few more than they must")
    void warmScenes() {
        SimulationReport warm = fiveScenes(SharePolicy.ofDefaults());
        SimulationReport strict = fiveScenes(SharePolicy.ofDefaults().warmTolerance(Duration.ZERO));

        assertThat(warm.loads()).isBetween(20L, 40L);
        assertThat(strict.loads()).as("where nothing may be behind").isGreaterThan(2 * warm.loads());
    }

    private static SimulationReport fiveScenes(SharePolicy shares) {
        List<RenderRequest> requests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            requests.add(RenderRequest.of(Scene.onNodes("scene-" + i), FrameSet.range(1 + 400 * i, 400 * (i + 1))));
        }
        return SimulatedFarm.builder()
                .nodes(20, NodeSpec.USUAL.startUp(Duration.ofMinutes(1)))
                .frames(FrameCosts.logNormal(Duration.ofSeconds(10), 0.5, 7))
                .engine(engine -> engine.splitter(BatchSplitters.adaptive()).shares(shares))
                .build()
                .run(requests.toArray(RenderRequest[]::new));
    }

    @Test
    @DisplayName("serves who comes new at once, however warm the nodes are for others")
    void newOwner() {
        SimulationReport report = farm(6, SharePolicy.ofDefaults())
                .build()
                .run(List.of(
                        new Submission(
                                Duration.ZERO, shot("early", "early", 2_000).batchSize(1)),
                        new Submission(
                                Duration.ofMinutes(10), shot("late", "late", 30).batchSize(1))));

        // 300 s of work on three of the six nodes, which load the scene first.
        assertThat(report.times().get(1)).isLessThan(Duration.ofSeconds(150));
    }

    @Test
    @DisplayName(
            "leaves the last frames of a job to the nodes that have its scene, but not for longer than another node needs to load it")
    void doesNotWaitForever() {
        SimulationReport report = SimulatedFarm.builder()
                .nodes(2, NodeSpec.USUAL.startUp(Duration.ofSeconds(30)))
                .frames(FrameCosts.constant(Duration.ofSeconds(1)))
                .engine(engine -> engine.splitter(BatchSplitters.fixed(10)))
                .faults(Faults.none()
                        .at(Duration.ZERO, Fault.NODE_DRAIN, 2, Duration.ofSeconds(60))
                        .at(Duration.ofSeconds(62), Fault.NODE_SLOWDOWN, 1, Duration.ofHours(5)))
                .build()
                .run(RenderRequest.of(Scene.onNodes("shot.blend"), "1-60"));

        assertThat(report.results().get(0).state()).isEqualTo(JobState.COMPLETED);
        assertThat(report.missed()).isEmpty();
        assertThat(report.makespan()).isLessThan(Duration.ofMinutes(4));
    }
}
