package io.renderfleet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Fluid fair shares")
class FluidShareTest {
    private static final Offset<Double> EXACTLY = Offset.offset(1e-6);

    FluidShareTest() {}

    private static FluidShare.Job job(String owner, double at, double work) {
        return new FluidShare.Job(owner, 1, at, work, 1_000);
    }

    private static void times(List<Double> speeds, List<FluidShare.Job> jobs, double... expected) {
        assertThat(new FluidShare(speeds).times(jobs)).containsExactly(expected, EXACTLY);
    }

    @Test
    @DisplayName("give a job that is alone all machines")
    void alone() {
        times(List.of(1.0, 3.0), List.of(job("ann", 5, 40)), 10);
    }

    @Test
    @DisplayName("give one owner's two jobs together as much as another one's single job")
    void ownersFirst() {
        // Bob has 2 of 4 until his 20 s of work are done after 10 s. By then Ann's jobs have had 10 each; the rest goes
        // at 2 each.
        times(List.of(4.0), List.of(job("ann", 0, 30), job("ann", 0, 30), job("bob", 0, 20)), 20, 20, 10);
    }

    @Test
    @DisplayName("follow the weights")
    void weights() {
        // Three quarters of 4 for Ann: 30 s of work in 10 s. Bob has had 10 of his 30 then, and ends 5 s later.
        times(
                List.of(2.0, 2.0),
                List.of(new FluidShare.Job("ann", 3, 0, 30, 9), new FluidShare.Job("bob", 1, 0, 30, 9)),
                10,
                15);
    }

    @Test
    @DisplayName("change when a job comes")
    void arrivals() {
        // Ann alone for 10 s, then both at 1 until Bob ends after 5 s.
        times(List.of(2.0), List.of(job("ann", 0, 35), job("bob", 10, 5)), 20, 5);
    }

    @Test
    @DisplayName("give a job of one frame one machine, the fastest, and what it cannot use to others")
    void oneFrame() {
        // The frame has 3 of 6; so has Bob, and all 6 after 4 s.
        times(List.of(3.0, 2.0, 1.0), List.of(new FluidShare.Job("ann", 1, 0, 12, 1), job("bob", 0, 24)), 4, 6);
        times(List.of(2.0, 2.0, 2.0, 2.0), List.of(new FluidShare.Job("ann", 1, 0, 12, 1), job("bob", 0, 48)), 6, 7.5);
    }

    @Test
    @DisplayName("fill what has a limit first, and divide the rest by weight")
    void fill() {
        assertThat(FluidShare.fill(10, new double[] {1, 1, 2}, new double[] {1, 100, 100}))
                .containsExactly(new double[] {1, 3, 6}, EXACTLY);
        assertThat(FluidShare.fill(10, new double[] {1, 1}, new double[] {2, 3}))
                .as("more than all can use")
                .containsExactly(new double[] {2, 3}, EXACTLY);
    }
}
