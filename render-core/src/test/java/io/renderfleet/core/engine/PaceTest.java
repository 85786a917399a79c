package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.renderfleet.core.engine.node.LogEstimate;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The pace of a job")
class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    private final Pace pace = new Pace(0);

    PaceTest() {}

    /** A frame on a node whose speed is known. */
    private void measured(Duration took, double speed) {
        pace.measured(took, new LogEstimate(Math.log(speed), 1e-6), speed);
    }

    @Test
    @DisplayName("is not known before anything was measured")
    void unknown() {
        assertThat(pace.frameTime()).isNull();
        assertThat(pace.startTime()).isNull();
        assertThat(pace.framesPerSecond(10 * SECOND)).isNull();
        assertThat(pace.timeLeft(10 * SECOND, 5)).isNull();
        assertThat(pace.secondsPerFrame()).isZero();
    }

    @Test
    @DisplayName("counts from the first batch, not from the submission")
    void countsFromTheFirstBatch() {
        pace.begins(100 * SECOND);
        pace.begins(104 * SECOND);
        pace.frameDone(105 * SECOND);
        pace.frameDone(110 * SECOND);

        assertThat(pace.framesPerSecond(110 * SECOND)).isEqualTo(0.2);
        assertThat(pace.timeLeft(110 * SECOND, 10)).isEqualTo(Duration.ofSeconds(50));
    }

    @Test
    @DisplayName("forgets frames that came more than half a minute ago")
    void window() {
        pace.begins(0);
        for (int i = 1; i <= 10; i++) {
            pace.frameDone(i * SECOND);
        }
        assertThat(pace.framesPerSecond(10 * SECOND)).isEqualTo(1.0);

        pace.frameDone(60 * SECOND);
        pace.frameDone(70 * SECOND);
        assertThat(pace.framesPerSecond(70 * SECOND))
                .as("2 frames since the last one before the window, at 10 s")
                .isCloseTo(2.0 / 60, within(1e-9));
    }

    @Test
    @DisplayName("slows down as long as nothing comes")
    void silence() {
        pace.begins(0);
        pace.frameDone(SECOND);
        pace.frameDone(2 * SECOND);

        assertThat(pace.framesPerSecond(3 * SECOND)).isEqualTo(1.0);
        assertThat(pace.framesPerSecond(10 * SECOND)).isEqualTo(0.2);
    }

    @Test
    @DisplayName("holds a limited number of moments")
    void manyFrames() {
        pace.begins(0);
        for (int i = 1; i <= 1_000; i++) {
            pace.frameDone(i * SECOND / 100);
        }

        assertThat(pace.framesPerSecond(10 * SECOND)).isCloseTo(100, within(0.5));
    }

    @Test
    @DisplayName("knows what a frame takes on a node of speed 1: the mean at first, what they take lately afterwards")
    void frameTime() {
        measured(Duration.ofSeconds(10), 1);
        assertThat(pace.frameTime()).isEqualTo(Duration.ofSeconds(10));

        measured(Duration.ofSeconds(10), 2);
        assertThat(pace.frameTime()).isEqualTo(Duration.ofSeconds(15));
        assertThat(pace.secondsPerFrame()).isEqualTo(15);

        for (int i = 0; i < 500; i++) {
            measured(Duration.ofSeconds(1), 1);
        }
        assertThat(pace.frameTime()).isCloseTo(Duration.ofSeconds(1), Duration.ofMillis(1));
        assertThat(pace.secondsPerFrame()).isCloseTo((30 + 500) / 502.0, within(1e-9));
    }

    @Test
    @DisplayName("never says that a frame takes no time at all")
    void neverZero() {
        measured(Duration.ZERO, 1);

        assertThat(pace.frameTime()).isEqualTo(Duration.ofNanos(1));
    }

    @Test
    @DisplayName("knows what a batch takes beyond its frames, and follows it quickly")
    void startTime() {
        pace.started(Duration.ofSeconds(4));
        assertThat(pace.startTime()).isEqualTo(Duration.ofSeconds(4));

        pace.started(Duration.ofSeconds(-3));
        assertThat(pace.startTime()).as("never less than nothing").isEqualTo(Duration.ofSeconds(2));

        pace.started(Duration.ofSeconds(2));
        pace.started(Duration.ofSeconds(12));
        assertThat(pace.startTime()).isCloseTo(Duration.ofSeconds(5), Duration.ofMillis(1));
    }
}
