package io.renderfleet.node.scene;

import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import org.jspecify.annotations.Nullable;

/** How a job names the scene that it renders. */
public sealed interface SceneRef {

    /** The scene that the node was started with. */
    SceneRef DEFAULT = new Default();

    /** How the text form of a scene by content begins. */
    String CONTENT_PREFIX = "sha256:";

    /**
     * Reads the wire form.
     *
     * @param scene {@code sha256:} and 64 hexadecimal digits, or a path relative to the scene root, or null for the node's default
     * @param entry which file of a zip is the scene, or what a plain file is called, or null
     * @return the reference
     * @throws IllegalArgumentException naming the field, its value and what would be right
     */
    static SceneRef parse(@Nullable String scene, @Nullable String entry) {
        if (scene != null && scene.startsWith(CONTENT_PREFIX)) {
            return new Content(digest(scene), entry);
        }
        if (entry != null) {
            throw new IllegalArgumentException(
                    "entry is given, but scene is not: an entry names a file in a zip that was sent as sha256:…");
        }
        return scene == null ? DEFAULT : new Named(scene);
    }

    private static Sha256 digest(String scene) {
        try {
            return new Sha256(scene.substring(CONTENT_PREFIX.length()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("scene begins with " + CONTENT_PREFIX + " but " + e.getMessage(), e);
        }
    }

    /**
     * A scene that was sent by content.
     *
     * @param digest of the file that was sent
     * @param entry which file of it is the scene where it is a zip; what a plain file is called, or null
     */
    record Content(Sha256 digest, @Nullable String entry) implements SceneRef {
        /**
         * Checks the entry.
         *
         * @throws IllegalArgumentException if the entry is absolute or leaves the zip
         */
        public Content {
            if (entry != null) {
                requireRelative("entry", entry);
            }
        }
    }

    /**
     * A scene below the node's scene root.
     *
     * @param name the path relative to it, with {@code /} between folders
     */
    record Named(String name) implements SceneRef {
        /**
         * Checks the path.
         *
         * @throws IllegalArgumentException if the name is absolute or leaves its root
         */
        public Named {
            requireRelative("scene", name);
        }
    }

    /** The scene that the node was started with. */
    record Default() implements SceneRef {}

    /** The rule for such paths is the core's own. */
    private static void requireRelative(String field, String path) {
        try {
            Scene.onNodes(path);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(field + message.substring("scene".length()), e);
        }
    }
}
