package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.engine.node.LogEstimate;
import io.renderfleet.core.engine.node.NodeSpeed;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The speeds of the nodes and the pace of their job")
class SpeedsOfAJobTest {
    private static final int NODES = 20;
    private static final int FRAMES = 100_000;

    SpeedsOfAJobTest() {}

    @ParameterizedTest(name = "sigma {0}, seed {1}")
    @CsvSource({"0.3, 1", "0.3, 2", "0.3, 3", "1, 1", "1, 2", "1, 3"})
    @DisplayName("stay at the truth for 100,000 frames, though each is learned from the other")
    void noDrift(double sigma, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Pace pace = new Pace(0);
        double[] truth = new double[NODES];
        double[] freeAt = new double[NODES];
        NodeSpeed[] nodes = new NodeSpeed[NODES];
        for (int i = 0; i < NODES; i++) {
            truth[i] = Math.log(8) * random.nextDouble();
            nodes[i] = new NodeSpeed();
        }
        for (int frame = 1; frame <= FRAMES; frame++) {
            int node = firstFree(freeAt);
            double seconds = 10 * Math.exp(sigma * random.nextGaussian() - truth[node]);
            freeAt[node] += seconds;
            LogEstimate before = nodes[node].estimate();
            Duration took = Duration.ofNanos((long) (seconds * 1e9));
            nodes[node].frame(pace.surprise(seconds, before), took);
            pace.measured(took, before, nodes[node].factor());
            if (frame % 10_000 == 0) {
                isTrue(nodes, truth, sigma, "seed " + seed + ", after " + frame + " frames");
            }
        }
    }

    /** Only differences of speeds can be seen; so what they have in common may be anything, but it must not wander off. */
    private static void isTrue(NodeSpeed[] nodes, double[] truth, double sigma, String when) {
        double common = 0;
        double level = 0;
        for (int i = 0; i < NODES; i++) {
            common += (Math.log(nodes[i].factor()) - truth[i]) / NODES;
            level += Math.log(nodes[i].factor()) / NODES;
        }
        double squares = 0;
        for (int i = 0; i < NODES; i++) {
            squares += Math.pow(Math.log(nodes[i].factor()) - truth[i] - common, 2) / NODES;
        }
        assertThat(Math.sqrt(squares)).as("error of the logarithms, %s", when).isLessThan(0.05 + 0.2 * sigma);
        assertThat(level).as("the average node, %s", when).isBetween(-0.5, 0.5);
    }

    private static int firstFree(double[] freeAt) {
        int first = 0;
        for (int i = 1; i < freeAt.length; i++) {
            first = freeAt[i] < freeAt[first] ? i : first;
        }
        return first;
    }
}
