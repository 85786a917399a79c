package io.renderfleet.core.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is to be rendered, and how it gets to the nodes.
 *
 * <p>Callers that switch over a scene keep a default branch, so that ways can be added.
 */
public sealed interface Scene {

    /**
     * A file on this machine; it is sent, by content, to nodes that lack it.
     *
     * @param file a {@code .blend}, or a zip that holds one together with its textures, caches and libraries
     * @return the scene
     */
    static Local local(Path file) {
        String name = String.valueOf(file.getFileName());
        boolean plain = !name.toLowerCase(Locale.ROOT).endsWith(".zip") && RelativePaths.isHarmless(name);
        return new Local(file, plain ? name : null, null);
    }

    /**
     * A file that every node has already below its own scene root.
     *
     * @param name the path relative to the nodes' scene root, with {@code /} between folders
     * @return the scene
     * @throws IllegalArgumentException if the name is absolute or leaves its root
     */
    static Scene onNodes(String name) {
        return new OnNodes(name);
    }

    /**
     * Whatever scene the node was started with; the node refuses if it has none and its engine needs one.
     *
     * @return the scene
     */
    static Scene nodeDefault() {
        return new NodeDefault();
    }

    /**
     * A file on this machine.
     *
     * @param file a {@code .blend} or a zip
     * @param entry which file in the zip is the scene; for a plain file, what nodes call it, which renderers write into pictures and
     *     their metadata; null where neither is known
     * @param sha256 the digest of the file; null where it has not been computed yet
     */
    record Local(
            Path file, @Nullable String entry, @Nullable Sha256 sha256) implements Scene {
        /**
         * Checks the entry.
         *
         * @throws IllegalArgumentException if the entry is absolute or leaves the zip
         */
        public Local {
            if (entry != null) {
                RelativePaths.require("scene entry", entry);
            }
        }

        /**
         * Names the file in a zip that is the scene.
         *
         * @param name its path in the zip
         * @return the same file with that entry
         */
        public Local entry(String name) {
            return new Local(file, name, sha256);
        }

        /**
         * Reads the whole file, unless that was done, to know its digest.
         *
         * @return the same scene with its digest
         * @throws IOException if the file cannot be read
         */
        public Local hashed() throws IOException {
            return sha256 != null ? this : new Local(file, entry, Sha256.of(file));
        }
    }

    /**
     * A file on every node.
     *
     * @param name the path relative to the scene root of the node
     */
    record OnNodes(String name) implements Scene {
        /**
         * Checks the path.
         *
         * @throws IllegalArgumentException if the name is absolute or leaves its root
         */
        public OnNodes {
            RelativePaths.require("scene", name);
        }
    }

    /** The scene that the node was started with. */
    record NodeDefault() implements Scene {
        @Override
        public String toString() {
            return "the node's own scene";
        }
    }
}
