package io.renderfleet.node.inproc;

import io.renderfleet.core.model.Scene;
import io.renderfleet.core.spi.Assignment;
import io.renderfleet.node.NodeJobRequest;
import io.renderfleet.node.scene.SceneRef;

/** Maps the assignment of a coordinator to the request that a node takes. */
final class AssignmentMapper {
    private AssignmentMapper() {}

    static NodeJobRequest request(Assignment assignment) {
        return new NodeJobRequest(
                assignment.frames(),
                scene(assignment.scene()),
                assignment.output(),
                assignment.settings(),
                assignment.renderer(),
                assignment.scenePolicy(),
                assignment.timeout(),
                assignment.job(),
                assignment.batch());
    }

    private static SceneRef scene(Scene scene) {
        if (scene instanceof Scene.OnNodes named) {
            return new SceneRef.Named(named.name());
        }
        if (scene instanceof Scene.Local local) {
            if (local.sha256() == null) {
                throw new IllegalArgumentException("an assignment's local scene must have its digest");
            }
            return new SceneRef.Content(local.sha256(), local.entry());
        }
        return SceneRef.DEFAULT;
    }
}
