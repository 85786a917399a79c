package io.renderfleet.core.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.spi.BatchSplitter;
import io.renderfleet.core.spi.SplitContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A batch splitter")
class BatchSplittersTest {
    BatchSplittersTest() {}

    private static SplitContext context(
            String waiting, double node, double farm, @Nullable Double frame, @Nullable Double start) {
        FrameSet frames = FrameSet.parse(waiting);
        return new SplitContext(frames, frames.size(), node, farm, seconds(frame), seconds(start), null);
    }

    private static @Nullable Duration seconds(@Nullable Double value) {
        return value == null ? null : Duration.ofNanos(Math.round(value * 1e9));
    }

    private static int size(BatchSplitter splitter, SplitContext context) {
        FrameSet batch = splitter.next(context);
        assertThat(batch).isEqualTo(context.waiting().take(batch.size()));
        return batch.size();
    }

    @Test
    @DisplayName("of a fixed size cuts as many frames from the front, or what is left")
    void fixed() {
        assertThat(BatchSplitters.fixed(4).next(context("20-1", 1, 3, null, null)))
                .isEqualTo(FrameSet.parse("20-17"));
        assertThat(BatchSplitters.fixed(4).next(context("1-3", 1, 3, null, null)))
                .isEqualTo(FrameSet.parse("1-3"));
        assertThat(BatchSplitters.ofDefaults().next(context("1-20", 1, 3, null, null)))
                .isEqualTo(FrameSet.parse("1-5"));
        assertThatThrownBy(() -> BatchSplitters.fixed(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 frames");
        assertThat(size(BatchSplitters.fixed(1), context("1-3", 1, 1, null, null)))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("of guided sizes cuts a part of all that wait, and one frame at least")
    void guided() {
        assertThat(size(BatchSplitters.guided(4), context("1-20", 1, 3, null, null)))
                .isEqualTo(5);
        assertThat(size(BatchSplitters.guided(4), context("1-3", 1, 3, null, null)))
                .isEqualTo(1);
        assertThat(size(BatchSplitters.guided(1), context("1-3", 1, 3, null, null)))
                .isEqualTo(3);
        assertThatThrownBy(() -> BatchSplitters.guided(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1/0");
    }

    @Test
    @DisplayName("that adapts finds out with a small batch while nothing is known")
    void findsOut() {
        assertThat(size(BatchSplitters.adaptive(), context("1-1000", 1, 4, null, null)))
                .isEqualTo(5);
        assertThat(size(BatchSplitters.adaptive(), context("1-64", 1, 4, null, null)))
                .isEqualTo(2);
        assertThat(size(BatchSplitters.adaptive(), context("1-3", 1, 4, null, null)))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("that adapts gives a node a third of its share of the work")
    void thirdOfItsShare() {
        assertThat(size(BatchSplitters.adaptive(), context("1-120", 1, 4, 1.0, null)))
                .isEqualTo(10);
        assertThat(size(BatchSplitters.adaptive(), context("1-120", 2, 4, 1.0, null)))
                .isEqualTo(20);
        assertThat(size(BatchSplitters.adaptive(), context("1-2", 1, 4, 1.0, null)))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("that adapts makes batches long where a start is dear, up to two thirds of the share")
    void dearStarts() {
        // A start of a second is a twentieth of twenty frames of a second.
        assertThat(size(BatchSplitters.adaptive(), context("1-120", 1, 4, 1.0, 0.61)))
                .isEqualTo(12);
        assertThat(size(BatchSplitters.adaptive(), context("1-120", 1, 4, 1.0, 60.0)))
                .isEqualTo(20);
    }

    @Test
    @DisplayName("that adapts gives no batch of more than three minutes")
    void threeMinutes() {
        assertThat(size(BatchSplitters.adaptive(), context("1-1000", 1, 1, 10.0, null)))
                .isEqualTo(18);
        assertThat(size(BatchSplitters.adaptive(), context("1-1000", 2, 2, 10.0, null)))
                .isEqualTo(36);
        assertThat(size(BatchSplitters.adaptive(), context("1-1000", 1, 1, 1_000.0, null)))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("that adapts takes frames of no time for very short ones")
    void noTime() {
        assertThat(size(BatchSplitters.adaptive(), context("1-90", 1, 3, 0.0, 0.0)))
                .isEqualTo(10);
    }

    private static FrameSet ahead(double node, @Nullable Double frame, @Nullable Double start) {
        FrameSet frames = FrameSet.range(1, 1_000);
        return BatchSplitters.adaptive()
                .next(new SplitContext(frames, 1_000, node, 20, seconds(frame), seconds(start), 1_000));
    }

    @Test
    @DisplayName(
            "that adapts has a frame go ahead once frames were measured, on a node that is not slow, where a start costs little")
    void ahead() {
        FrameSet last = FrameSet.of(1_000);
        assertThat(ahead(1, 2.0, 0.5)).isEqualTo(last);
        assertThat(ahead(1, 2.0, null)).isEqualTo(last);
        // A start of 5 s is a twentieth of the 100 s that each slot of speed 1 has to do; one of 6 s is more.
        assertThat(ahead(1, 2.0, 5.0)).isEqualTo(last);
        assertThat(ahead(1, 2.0, 6.0).first()).isEqualTo(1);
        assertThat(ahead(1, null, null).first()).isEqualTo(1);
        assertThat(ahead(0.5, 2.0, 0.5).first()).isEqualTo(1);
    }
}
