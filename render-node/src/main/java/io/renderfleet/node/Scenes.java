package io.renderfleet.node;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.node.files.SafePath;
import io.renderfleet.node.scene.SceneLease;
import io.renderfleet.node.scene.SceneRef;
import io.renderfleet.node.scene.SceneStore;
import io.renderfleet.node.time.Registration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the file of the scene that a job names. */
record Scenes(
        @Nullable Path byDefault,
        @Nullable Path root,
        @Nullable SceneStore store) {

    /** What came of looking. */
    sealed interface Found {}

    /**
     * @param file null where neither the request nor the node names a scene
     * @param use to be closed once the scene is not needed any more
     */
    record Here(@Nullable Path file, Registration use) implements Found {}

    record NotHere(Failure why) implements Found {}

    Found find(SceneRef scene) {
        if (scene instanceof SceneRef.Content content) {
            return content(content);
        }
        if (scene instanceof SceneRef.Named named) {
            return named(named.name());
        }
        if (byDefault != null && !Files.isRegularFile(byDefault)) {
            return new NotHere(Failure.of(
                    FailureKind.SCENE_UNREADABLE,
                    "The node's default scene is not there any more: tell its operator."));
        }
        return new Here(byDefault, Registration.DONE);
    }

    private Found content(SceneRef.Content content) {
        if (store == null) {
            return notHere("This node takes no scenes by content.");
        }
        if (!store.has(content.digest())) {
            return notHere("The scene sha256:" + content.digest() + " is not on this node: send it by PUT /scenes/"
                    + content.digest() + " first.");
        }
        Optional<SceneLease> lease = store.lease(content.digest(), content.entry());
        if (lease.isEmpty() && !store.has(content.digest())) {
            return notHere("The scene sha256:" + content.digest()
                    + " was changed on this node after it was sent, and is given up: send it again by PUT /scenes/"
                    + content.digest() + ".");
        }
        if (lease.isEmpty()) {
            return new NotHere(Failure.of(
                    FailureKind.SCENE_UNREADABLE,
                    content.entry() == null
                            ? "The scene is a zip: name the scene file in it as entry."
                            : "The scene has no file '" + content.entry() + "': entry must name a file of the zip."));
        }
        return new Here(lease.get().file(), lease.get().release());
    }

    private Found named(String name) {
        if (root == null) {
            return notHere("This node has no scene root, so scene '" + name + "' cannot be there.");
        }
        return SafePath.file(root, name)
                .<Found>map(file -> new Here(file, Registration.DONE))
                .orElseGet(() -> notHere("There is no scene '" + name + "' below this node's scene root."));
    }

    private static NotHere notHere(String message) {
        return new NotHere(Failure.of(FailureKind.SCENE_NOT_HERE, message));
    }
}
