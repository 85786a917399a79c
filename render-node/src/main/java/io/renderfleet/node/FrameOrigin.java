package io.renderfleet.node;

import io.renderfleet.core.model.EngineInfo;
import io.renderfleet.core.model.NodeId;
import io.renderfleet.node.journal.Manifest;
import io.renderfleet.node.journal.SettingsText;
import io.renderfleet.node.output.SceneDigests;
import io.renderfleet.node.scene.SceneRef;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the frames of one job come from, for its manifest. Found out when it is first needed, since a scene may be large. */
final class FrameOrigin {
    private final NodeId node;
    private final EngineInfo engine;
    private final NodeJobRequest request;
    private final @Nullable Path scene;
    private final SceneDigests digests;
    private Manifest.@Nullable Picture picture;

    FrameOrigin(NodeId node, EngineInfo engine, NodeJobRequest request, @Nullable Path scene, SceneDigests digests) {
        this.node = node;
        this.engine = engine;
        this.request = request;
        this.scene = scene;
        this.digests = digests;
    }

    EngineInfo engine() {
        return engine;
    }

    synchronized Manifest.Picture picture() {
        Manifest.Picture known = picture;
        if (known == null) {
            known = new Manifest.Picture(sceneName(), SettingsText.ofPicture(request.settings()));
            picture = known;
        }
        return known;
    }

    Manifest.Origin of(NodeJob job) {
        return new Manifest.Origin(node, engine, picture(), job.id());
    }

    private String sceneName() {
        if (request.scene() instanceof SceneRef.Content content) {
            String name = SceneRef.CONTENT_PREFIX + content.digest();
            return content.entry() == null ? name : name + "#" + content.entry();
        }
        return scene == null ? "none" : digests.of(scene);
    }
}
