package io.renderfleet.node.verify;

import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.Sha256;

/** What came out of looking at a file. */
public sealed interface Verification {

    /**
     * The file is whole.
     *
     * @param bytes its length
     * @param sha256 its digest
     */
    record Whole(long bytes, Sha256 sha256) implements Verification {}

    /**
     * The file is not what it should be.
     *
     * @param kind {@code FRAME_MISSING}, {@code FRAME_EMPTY} or {@code FRAME_DAMAGED}
     * @param message what is wrong, with the file's name, in one sentence
     */
    record Flawed(FailureKind kind, String message) implements Verification {}
}
