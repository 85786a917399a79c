package io.renderfleet.transport.http.wire;

import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import org.jspecify.annotations.Nullable;

/** The scene that a request names. Callers that switch over it keep a default branch. */
public sealed interface SceneReference {

    /**
     * A file that was sent before, by its content.
     *
     * @param sha256 the digest of the file
     * @param entry which file in it is the scene, where it is a zip; else null
     */
    record ByContent(Sha256 sha256, @Nullable String entry) implements SceneReference {}

    /**
     * A file below the scene root of the node that renders.
     *
     * @param name a checked relative path
     */
    record ByName(String name) implements SceneReference {}

    /** Whatever scene the server was started with. */
    record Default() implements SceneReference {}

    /** What begins a reference by content. */
    String PREFIX = "sha256:";

    /**
     * Returns how a request names a scene.
     *
     * @param scene a scene; a local one has its digest
     * @return the reference
     * @throws IllegalArgumentException if a local scene has no digest
     */
    static SceneReference of(Scene scene) {
        if (scene instanceof Scene.Local local) {
            if (local.sha256() == null) {
                throw new IllegalArgumentException("the scene has no digest yet");
            }
            return new ByContent(local.sha256(), local.entry());
        }
        return scene instanceof Scene.OnNodes onNodes ? new ByName(onNodes.name()) : new Default();
    }

    /**
     * Returns the field {@code scene}.
     *
     * @return its value, or null to leave it out
     */
    default @Nullable String sceneText() {
        if (this instanceof ByContent content) {
            return PREFIX + content.sha256();
        }
        return this instanceof ByName named ? named.name() : null;
    }

    /**
     * Returns the field {@code entry}.
     *
     * @return its value, or null to leave it out
     */
    default @Nullable String entryText() {
        return this instanceof ByContent content ? content.entry() : null;
    }
}
