package io.renderfleet.core.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.Scene;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The scenes that a node has loaded")
class LoadedScenesTest {
    private static final Scene ONE = Scene.onNodes("one.blend");
    private static final Scene OTHER = Scene.onNodes("other.blend");

    private final LoadedScenes loaded = new LoadedScenes();

    LoadedScenesTest() {}

    @Test
    @DisplayName("are those of batches that ended, until another one needs the slot")
    void untilReplaced() {
        assertThat(loaded.begins(ONE, 0, 0)).as("nothing is loaded at first").isFalse();
        loaded.ends(ONE, 1, 0);
        assertThat(loaded.begins(ONE, 0, 1)).isTrue();
        loaded.ends(ONE, 1, 2);
        assertThat(loaded.begins(OTHER, 0, 3)).isFalse();
        loaded.ends(OTHER, 1, 4);

        assertThat(loaded.all(5)).containsExactly(OTHER);
        assertThat(loaded.has(ONE, 5)).isFalse();
    }

    @Test
    @DisplayName("are as many as there are free slots, the last ones")
    void asManyAsSlots() {
        loaded.ends(ONE, 2, 0);
        loaded.ends(OTHER, 2, 1);

        assertThat(loaded.all(2)).containsExactly(OTHER, ONE);
        assertThat(loaded.begins(Scene.nodeDefault(), 1, 3)).isFalse();
        assertThat(loaded.all(4)).containsExactly(OTHER);
    }

    @Test
    @DisplayName("are gone after five minutes, and after a restart")
    void expire() {
        loaded.ends(ONE, 1, 0);

        assertThat(loaded.has(ONE, Duration.ofMinutes(5).toNanos() - 1)).isTrue();
        assertThat(loaded.has(ONE, Duration.ofMinutes(5).toNanos())).isFalse();
        loaded.ends(ONE, 1, 0);
        loaded.clear();
        assertThat(loaded.has(ONE, 1)).isFalse();
    }
}
