package io.renderfleet.core.image;

/** Says what is wrong with a file; never leaves this package. */
final class FlawException extends Exception {
    private static final long serialVersionUID = 1L;

    FlawException(String message) {
        super(message);
    }
}
