package io.renderfleet.orchestrator;

import io.renderfleet.core.model.Scene;
import io.renderfleet.http.server.RefusedException;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.SceneReference;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Says what the scene of a request stands for here.
 *
 * @param byDefault the file of requests that name none, or null to leave it to the nodes
 */
record SceneChoice(@Nullable Path byDefault) {

    Scene choose(SceneReference scene) {
        if (scene instanceof SceneReference.ByName named) {
            return Scene.onNodes(named.name());
        }
        if (scene instanceof SceneReference.ByContent content) {
            throw new RefusedException(
                    ProblemType.SCENE_NOT_HERE,
                    "The scene sha256:" + content.sha256() + " is not here: send it by PUT /scenes/" + content.sha256()
                            + " first.");
        }
        return byDefault == null ? Scene.nodeDefault() : Scene.local(byDefault);
    }
}
