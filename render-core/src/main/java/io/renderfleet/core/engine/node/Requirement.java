package io.renderfleet.core.engine.node;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.NodeDescription;
import io.renderfleet.core.model.RenderRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node must have to get work of a job.
 *
 * @param labels names and values that it must bear
 * @param renderer the name of an engine that it must have, or null for any but the test pattern
 */
public record Requirement(
        Map<String, String> labels, @Nullable String renderer) {

    /** The engine that draws numbers in place of pictures, and therefore only where somebody asks for it by name. */
    public static final String TEST_PATTERN = "test-pattern";

    /**
     * Returns what a request requires.
     *
     * @param request the request
     * @return its requirement; equal for requests that the same nodes can serve
     */
    public static Requirement of(RenderRequest request) {
        return new Requirement(request.requires(), request.renderer().orElse(null));
    }

    /**
     * Returns whether a node will do. One that names no engines is taken at its word: it may be the simplest there can be.
     *
     * @param node what the node says of itself; null before it first answered, which is enough where no label is required
     * @return whether nothing is missing
     */
    public boolean isMetBy(@Nullable NodeDescription node) {
        return labelsAreOn(node)
                && (node == null
                        || node.engines().isEmpty()
                        || node.engines().stream().anyMatch(this::renders));
    }

    /** Whether a node bears all labels; one that has not answered yet bears none. */
    boolean labelsAreOn(@Nullable NodeDescription node) {
        return labels.isEmpty() || (node != null && node.labels().entrySet().containsAll(labels.entrySet()));
    }

    private boolean renders(EngineInfo engine) {
        return renderer == null
                ? !engine.name().equals(TEST_PATTERN)
                : engine.name().equals(renderer);
    }

    @Override
    public String toString() {
        return (renderer == null ? "any renderer" : "renderer " + renderer) + (labels.isEmpty() ? "" : ", " + labels);
    }
}
