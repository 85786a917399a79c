package io.renderfleet.http.server.cli;

import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * The flag of a program that says how its log looks. The programs' own configurations of Logback read it when the first line is logged, which
 * is after the flags.
 */
final class LogOptions {
    private static final String PROPERTY = "renderfleet.log.format";

    /** How a line of the log looks. */
    enum Format {
        /** For people. */
        TEXT,
        /** For programs: an object of JSON in a line, its fields named by the Elastic Common Schema. */
        JSON
    }

    @Option(
            names = "--log-format",
            defaultValue = "text",
            paramLabel = "FORMAT",
            description = "How log lines look: text, or json with the names of the Elastic Common Schema (default:"
                    + " ${DEFAULT-VALUE}).")
    void format(Format format) {
        System.setProperty(PROPERTY, format.name().toLowerCase(Locale.ROOT));
    }
}
