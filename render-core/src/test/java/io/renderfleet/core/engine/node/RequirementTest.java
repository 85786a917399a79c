package io.renderfleet.core.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.core.model.RenderRequest;
import io.renderfleet.core.model.Scene;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a job requires")
class RequirementTest {
    private static final RenderRequest ANY = RenderRequest.of(Scene.nodeDefault(), "1");

    private static NodeDescription node(String... engines) {
        return new NodeDescription(
                new NodeId("n-1"),
                "b-1",
                "1",
                Arrays.stream(engines).map(name -> new EngineInfo(name, "1")).toList(),
                1,
                0,
                false,
                Map.of("gpu", "yes"),
                1,
                1,
                Set.of());
    }

    @Test
    @DisplayName("is met only by nodes that have the renderer which the job names")
    void renderer() {
        Requirement blender = Requirement.of(ANY.renderer("blender"));

        assertThat(blender.isMetBy(node("blender"))).isTrue();
        assertThat(blender.isMetBy(node("test-pattern", "blender"))).isTrue();
        assertThat(blender.isMetBy(node("test-pattern"))).isFalse();
        assertThat(blender.isMetBy(node("command"))).isFalse();
    }

    @Test
    @DisplayName("is never met by a test pattern that nobody asked for")
    void noTestPatternUnasked() {
        assertThat(Requirement.of(ANY).isMetBy(node("test-pattern"))).isFalse();
        assertThat(Requirement.of(ANY).isMetBy(node("julia"))).isTrue();
        assertThat(Requirement.of(ANY.renderer("test-pattern")).isMetBy(node("test-pattern")))
                .isTrue();
    }

    @Test
    @DisplayName("is met by a node that names no engines, as the simplest one does")
    void simplestNode() {
        assertThat(Requirement.of(ANY.renderer("blender")).isMetBy(node())).isTrue();
        assertThat(Requirement.of(ANY.renderer("blender")).isMetBy(null)).isTrue();
    }

    @Test
    @DisplayName("is met by nodes that bear all its labels")
    void labels() {
        assertThat(Requirement.of(ANY.requires(Map.of("gpu", "yes"))).isMetBy(node("blender")))
                .isTrue();
        assertThat(Requirement.of(ANY.requires(Map.of("gpu", "no"))).isMetBy(node("blender")))
                .isFalse();
        assertThat(Requirement.of(ANY.requires(Map.of("gpu", "yes"))).isMetBy(null))
                .isFalse();
    }
}
