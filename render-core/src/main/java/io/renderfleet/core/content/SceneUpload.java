package io.renderfleet.core.content;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Scene;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import io.renderfleet.core.spi.UploadOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

/** Puts a local scene into a store of content, for transports whose other side reads it there. */
public final class SceneUpload {
    private SceneUpload() {}

    /**
     * Sends a scene unless it is there. Blocks as long as the disks take.
     *
     * @param store where to
     * @param scene with its digest
     * @return what became of it; a store that fails is out of reach
     * @throws IllegalArgumentException if the scene has no digest
     */
    public static UploadOutcome send(ContentStore store, Scene.Local scene) {
        Sha256 digest = scene.sha256();
        if (digest == null) {
            throw new IllegalArgumentException("a scene that is sent must have its digest");
        }
        try {
            return store.has(digest) ? new UploadOutcome.Stored() : put(store, digest, scene);
        } catch (IOException e) {
            return new UploadOutcome.Unreachable("the store of scenes failed: " + e);
        }
    }

    private static UploadOutcome put(ContentStore store, Sha256 digest, Scene.Local scene) throws IOException {
        InputStream content;
        try {
            content = Files.newInputStream(scene.file());
        } catch (IOException e) {
            return new UploadOutcome.LocalFailure("the scene " + scene.file().getFileName() + " cannot be read: " + e);
        }
        try (content) {
            return outcome(store.put(digest, content));
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
            return refused(FailureKind.DISK_FULL, "There is no room for the scene.");
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
