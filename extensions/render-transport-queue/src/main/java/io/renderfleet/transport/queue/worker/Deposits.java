package io.renderfleet.transport.queue.worker;

import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.FrameOutput;
import io.renderfleet.core.model.OutputFile;
import io.renderfleet.core.model.Sha256;
import io.renderfleet.core.spi.ContentLease;
import io.renderfleet.core.spi.ContentStore;
import io.renderfleet.core.spi.PutOutcome;
import io.renderfleet.node.RenderNode;
import io.renderfleet.node.scene.SceneStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Brings scenes to a node, and leaves its frames where a coordinator finds them. Every call blocks as long as files take. */
final class Deposits {
    private final RenderNode node;
    private final ContentStore blobs;

    Deposits(RenderNode node, ContentStore blobs) {
        this.node = node;
        this.blobs = blobs;
    }

    /**
     * Brings a scene.
     *
     * @return empty if the node has it now, else why it cannot have it
     * @throws NoSuchFileException if the store does not have the scene any more, so that it must be sent again
     * @throws IOException if that did not work now
     */
    Optional<Failure> bring(Sha256 digest) throws IOException {
        SceneStore scenes = node.scenes().orElse(null);
        if (scenes == null) {
            return failure(FailureKind.SCENE_NOT_HERE, "This worker keeps no files, and takes no scenes by content.");
        }
        if (scenes.has(digest)) {
            return Optional.empty();
        }
        Optional<ContentLease> lease = blobs.lease(digest);
        if (lease.isEmpty()) {
            throw new NoSuchFileException("scene " + digest);
        }
        try (ContentLease there = lease.get();
                InputStream content = Files.newInputStream(there.path())) {
            return refusal(scenes.put(digest, content));
        }
    }

    private static Optional<Failure> refusal(PutOutcome outcome) {
        if (outcome instanceof PutOutcome.TooLarge large) {
            return failure(FailureKind.SCENE_NOT_HERE, "The scene is larger than " + large.limit() + " bytes.");
        } else if (outcome instanceof PutOutcome.NoRoom) {
            return failure(FailureKind.DISK_FULL, "The worker has no room for the scene.");
        } else if (outcome instanceof PutOutcome.Unfit unfit) {
            return failure(FailureKind.SCENE_UNREADABLE, unfit.message());
        } else if (outcome instanceof PutOutcome.HashDiffers) {
            return failure(FailureKind.SCENE_NOT_HERE, "The scene was damaged on its way to the worker.");
        }
        return Optional.empty();
    }

    private static Optional<Failure> failure(FailureKind kind, String message) {
        return Optional.of(Failure.of(kind, message));
    }

    /**
     * Leaves the files of a frame.
     *
     * @return false if they are not what was rendered any more
     * @throws IOException if that did not work now
     */
    boolean leave(String job, FrameOutput frame) throws IOException {
        for (OutputFile file : frame.files()) {
            Optional<Path> path = node.file(job, frame.frame(), file.name());
            if (path.isEmpty()) {
                return false;
            }
            PutOutcome outcome = blobs.put(file.sha256(), path.get());
            if (outcome instanceof PutOutcome.HashDiffers) {
                return false;
            } else if (outcome instanceof PutOutcome.NoRoom
                    || outcome instanceof PutOutcome.TooLarge
                    || outcome instanceof PutOutcome.Unfit) {
                throw new IOException("the store of scenes and frames did not take " + file.name() + ": " + outcome);
            }
        }
        return true;
    }
}
