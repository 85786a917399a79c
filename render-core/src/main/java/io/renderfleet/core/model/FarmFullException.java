package io.renderfleet.core.model;

/** As many jobs are there as may be: that have not ended, or that are known, and none of them may be forgotten yet. */
public final class FarmFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param what which jobs there are too many of, as in {@code 1000 jobs are known}
     */
    public FarmFullException(String what) {
        super(what + ", and no more can be");
    }
}
