package io.renderfleet.cli;

/** The exit codes of the program, for scripts; {@code render --help} lists the same. */
enum ExitCode {
    DONE(0),
    JOB_FAILED(1),
    USAGE(2),
    UNREACHABLE(3),
    NOT_FOUND(4),
    REFUSED(5),
    NOT_ENDED(6),
    CANCELLED(7),
    LOCAL(8);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
