package io.renderfleet.node.inproc;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.PutOutcome;
import io.renderfleet.core.spi.UploadOutcome;
import io.renderfleet.node.scene.SceneStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

/** Puts a local scene into a node's store. */
final class SceneUpload {
    private SceneUpload() {}

    static UploadOutcome send(SceneStore store, Scene.Local scene) {
        Sha256 digest = scene.sha256();
        if (digest == null) {
            throw new IllegalArgumentException("a scene that is sent must have its digest");
        }
        if (store.has(digest)) {
            return new UploadOutcome.Stored();
        }
        try (InputStream content = Files.newInputStream(scene.file())) {
            return outcome(store.put(digest, content));
        } catch (IOException e) {
            return new UploadOutcome.LocalFailure(
                    "the scene " + scene.file().getFileName() + " cannot be copied: " + e);
        }
    }

    private static UploadOutcome outcome(PutOutcome result) {
        if (result instanceof PutOutcome.HashDiffers) {
            return new UploadOutcome.LocalFailure("the scene has changed since its digest was computed");
        }
        if (result instanceof PutOutcome.TooLarge tooLarge) {
            return refused(FailureKind.SCENE_NOT_HERE, "The scene is larger than " + tooLarge.limit() + " bytes.");
        }
        if (result instanceof PutOutcome.NoRoom) {
            return refused(FailureKind.DISK_FULL, "The node has no room for the scene.");
        }
        if (result instanceof PutOutcome.Unfit unfit) {
            return refused(FailureKind.SCENE_UNREADABLE, unfit.message());
        }
        return new UploadOutcome.Stored();
    }

    private static UploadOutcome refused(FailureKind kind, String message) {
        return new UploadOutcome.Refused(Failure.of(kind, message));
    }
}
