package io.renderfleet.core.spi;

import io.renderfleet.core.model.Sha256;

/** What became of sending a file. Callers keep a default branch, so that outcomes can be added. */
public sealed interface PutOutcome {

    /** It is stored now. */
    record Stored() implements PutOutcome {}

    /** It was here before, or another upload of the same content was sooner. */
    record AlreadyThere() implements PutOutcome {}

    /**
     * What came is not what was announced; nothing is kept of it.
     *
     * @param actual the digest of what came
     */
    record HashDiffers(Sha256 actual) implements PutOutcome {}

    /**
     * The file is larger than one may be.
     *
     * @param limit bytes
     */
    record TooLarge(long limit) implements PutOutcome {}

    /**
     * There is no room, and nothing that could be given up for it.
     *
     * @param quota bytes for everything together; 0 where that is not known
     */
    record NoRoom(long quota) implements PutOutcome {}

    /**
     * The file came whole and is of no use here.
     *
     * @param message what is wrong with it, in one sentence
     */
    record Unfit(String message) implements PutOutcome {}
}
