package io.renderfleet.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.FrameSet;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The first look at a job")
class FirstLookTest {
    FirstLookTest() {}

    private static FirstLook of(String frames) {
        return new FirstLook(RenderRequest.of(Scene.nodeDefault(), frames));
    }

    @Test
    @DisplayName("is at its last frame, then at its middle one, each as long as it waits")
    void lastThenMiddle() {
        FirstLook look = of("1-100");
        FrameSet waiting = FrameSet.range(6, 100);

        assertThat(look.next(waiting)).isEqualTo(100);
        assertThat(look.next(waiting)).isEqualTo(100);
        assertThat(look.next(waiting.minus(FrameSet.of(100)))).isEqualTo(51);
        assertThat(look.next(FrameSet.range(52, 99))).isNull();
        assertThat(look.next(waiting)).as("what came back is no first look").isNull();
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("is at nothing where frames are to come in another order than upwards, or are few")
    @ValueSource(strings = {"100-1", "6-10,5-1", "1-20,30,25", "1", "1-2"})
    void orderAskedFor(String frames) {
        assertThat(of(frames).next(FrameSet.parse(frames))).isNull();
    }

    @Test
    @DisplayName("is at nothing where the order is to be kept")
    void inOrder() {
        FrameSet all = FrameSet.range(1, 100);

        assertThat(new FirstLook(RenderRequest.of(Scene.nodeDefault(), all).inOrder(true)).next(all))
                .isNull();
    }

    @Test
    @DisplayName("ends once frames turn out to depend on those before them")
    void keepsOrder() {
        FirstLook look = of("1-100");
        look.keepOrder();

        assertThat(look.next(FrameSet.range(1, 100))).isNull();
    }
}
