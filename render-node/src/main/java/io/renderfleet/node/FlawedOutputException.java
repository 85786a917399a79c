package io.renderfleet.node;

import io.renderfleet.core.model.Failure;

/** Ends the way of one frame to its publication; never leaves this package. */
final class FlawedOutputException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    FlawedOutputException(Failure failure) {
        super(failure.message());
        this.failure = failure;
    }

    Failure failure() {
        return failure;
    }
}
