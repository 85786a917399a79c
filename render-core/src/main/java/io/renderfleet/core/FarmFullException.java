package io.renderfleet.core;

/** As many jobs are known as may be, and none of them may be forgotten yet. */
public final class FarmFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FarmFullException(int jobs) {
        super(jobs + " jobs are known, and no more can be");
    }
}
