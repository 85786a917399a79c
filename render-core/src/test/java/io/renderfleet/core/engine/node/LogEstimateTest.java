package io.renderfleet.core.engine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.renderfleet.core.engine.node.LogEstimate.Surprise;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An estimate on the logarithmic scale")
class LogEstimateTest {
    LogEstimateTest() {}

    @Test
    @DisplayName("shares a surprise out by how unsure each part was, and is surer afterwards")
    void shares() {
        LogEstimate level = new LogEstimate(2, 0.5);
        LogEstimate speed = new LogEstimate(0.3, 1);

        Surprise surprise = LogEstimate.surprise(Math.exp(3.7), level, speed, 0.5);

        assertThat(surprise.excess()).isCloseTo(2, within(1e-12));
        assertThat(surprise.variance()).isEqualTo(2);
        assertThat(level.slower(surprise).mean()).isCloseTo(2 + 0.25 * 2, within(1e-12));
        assertThat(level.slower(surprise).variance()).isEqualTo(0.5 * 0.75);
        assertThat(speed.lessFast(surprise).mean()).isCloseTo(0.3 - 0.5 * 2, within(1e-12));
        assertThat(speed.lessFast(surprise).variance()).isEqualTo(0.5);
    }

    @Test
    @DisplayName("counts a surprise up to three standard deviations")
    void robust() {
        assertThat(new Surprise(100, 4).robust().excess()).isEqualTo(6);
        assertThat(new Surprise(-100, 4).robust().excess()).isEqualTo(-6);
        assertThat(new Surprise(5, 4).robust().excess()).isEqualTo(5);
    }

    @Test
    @DisplayName("expects of what still runs the mean of what it may yet come to")
    void soFar() {
        SplittableRandom random = new SplittableRandom(1);
        for (double elapsed : new double[] {-2, -0.5, 0, 0.7, 1.9, 2.1, 2.8}) {
            double sum = 0;
            int count = 0;
            for (int i = 0; i < 2_000_000; i++) {
                double drawn = 0.8 * random.nextGaussian();
                if (drawn > elapsed * 0.8) {
                    sum += drawn;
                    count++;
                }
            }
            assertThat(new Surprise(elapsed * 0.8, 0.64).soFar().excess())
                    .as("seed 1, %s deviations", elapsed)
                    .isCloseTo(sum / count, within(0.01));
        }
    }

    @Test
    @DisplayName("says nothing new of a frame that has only begun, and more the longer it runs, however long that is")
    void longer() {
        double before = 0;
        assertThat(new Surprise(-20, 1).soFar().excess()).isCloseTo(0, within(1e-6));
        for (double elapsed = -20; elapsed < 1_000; elapsed += 0.37) {
            double now = new Surprise(elapsed, 1).soFar().excess();
            assertThat(now).as("at %s", elapsed).isGreaterThanOrEqualTo(Math.max(before - 1e-6, elapsed));
            before = now;
        }
    }

    @Test
    @DisplayName("lets an unmeasured node fall far behind once its first frame runs five times as long as planned")
    void firstFrame() {
        NodeSpeed node = new NodeSpeed();
        LogEstimate level = new LogEstimate(Math.log(10), 0.02);

        Surprise running =
                LogEstimate.surprise(50, level, node.estimate(), 0.25).soFar();
        LogEstimate now = node.estimate().lessFast(running.robust());

        assertThat(node.factor()).isEqualTo(1);
        assertThat(now.median()).isLessThan(0.25);
    }

    @Test
    @DisplayName("blames the frame where the node is known")
    void knownNode() {
        LogEstimate known = new LogEstimate(0, 0.01);
        LogEstimate level = new LogEstimate(Math.log(10), 0.02);

        Surprise running = LogEstimate.surprise(50, level, known, 0.25).soFar();

        assertThat(known.lessFast(running.robust()).median()).isBetween(0.9, 1.0);
    }

    @ParameterizedTest(name = "sigma {0}")
    @ValueSource(doubles = {0.3, 1})
    @DisplayName("follows a node that becomes four times slower")
    void follows(double sigma) {
        SplittableRandom random = new SplittableRandom(7);
        NodeSpeed node = new NodeSpeed();
        LogEstimate level = new LogEstimate(Math.log(10), 1e-6);
        for (int i = 0; i < 1_200; i++) {
            double slow = i < 1_000 ? 1 : 4;
            double took = 10 * slow * Math.exp(sigma * random.nextGaussian());
            Surprise surprise = LogEstimate.surprise(took, level, node.estimate(), sigma * sigma);
            node.frame(surprise, Duration.ofNanos((long) (took * 1e9)));
        }

        assertThat(Math.log(node.factor())).as("seed 7").isCloseTo(Math.log(0.25), within(sigma * 0.6 + 0.1));
    }
}
