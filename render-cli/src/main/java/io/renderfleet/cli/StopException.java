package io.renderfleet.cli;

/** Ends the program with one line for the user. */
final class StopException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    StopException(ExitCode code, String message) {
        super(message);
        this.code = code;
    }

    ExitCode code() {
        return code;
    }
}
