package io.renderfleet.core.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.FrameSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A queue of frames")
class FrameQueueTest {
    private final FrameQueue queue = new FrameQueue(FrameSet.parse("3-6"));

    @Test
    @DisplayName("gives each frame once, in order")
    void inOrder() {
        for (int frame = 3; frame <= 6; frame++) {
            assertThat(queue.next()).hasValue(frame);
        }
        assertThat(queue.next()).isEmpty();
    }

    @Test
    @DisplayName("keeps what has begun, whatever a shortening says, and gives up the rest")
    void shortened() {
        queue.next();

        assertThat(queue.shorten(FrameSet.parse("5,9"))).isEqualTo(FrameSet.parse("3,5"));
        assertThat(queue.next()).hasValue(5);
        assertThat(queue.next()).isEmpty();
    }

    @Test
    @DisplayName("brings nothing back that it has given up")
    void neverBack() {
        queue.shorten(FrameSet.empty());

        assertThat(queue.shorten(FrameSet.parse("3-6"))).isEqualTo(FrameSet.empty());
        assertThat(queue.next()).isEmpty();
    }
}
