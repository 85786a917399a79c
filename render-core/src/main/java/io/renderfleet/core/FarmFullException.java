package io.renderfleet.core;

/** As many jobs are there as may be: that have not ended, or that are known, and none of them may be forgotten yet. */
public final class FarmFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FarmFullException(String what) {
        super(what + ", and no more can be");
    }
}
