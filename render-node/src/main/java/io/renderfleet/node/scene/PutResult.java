package io.renderfleet.node.scene;

import io.renderfleet.core.model.Sha256;

/** What became of sending a scene. */
public sealed interface PutResult {

    /** It is stored now. */
    record Stored() implements PutResult {}

    /** It was here before, or another upload of the same content was sooner. */
    record AlreadyThere() implements PutResult {}

    /**
     * What came is not what was announced; nothing is kept of it.
     *
     * @param actual the digest of what came
     */
    record HashDiffers(Sha256 actual) implements PutResult {}

    /**
     * The file is larger than one scene may be.
     *
     * @param limit bytes
     */
    record TooLarge(long limit) implements PutResult {}

    /**
     * There is no room, and no scene that could be given up for it.
     *
     * @param quota bytes for all scenes together
     */
    record NoRoom(long quota) implements PutResult {}

    /**
     * The file is a zip that cannot be unpacked, or that breaks a limit.
     *
     * @param message what is wrong with it, in one sentence
     */
    record BadArchive(String message) implements PutResult {}
}
