package io.renderfleet.store.jdbc;

import io.renderfleet.core.spi.StoreException;
import java.io.IOException;
import java.sql.SQLException;

/** What went wrong with a database, in words for an operator and without secrets. */
final class DatabaseErrors {
    private static final int H2_FILE_IN_USE = 90020;

    private DatabaseErrors() {}

    static StoreException of(String store, String what, SQLException thrown) {
        String message = store + ": could not " + what + ": " + inWords(thrown);
        return isAway(thrown) ? new ServerAwayException(message, thrown) : new StoreException(message, thrown);
    }

    /** No connection, or one that ends because the server does (PostgreSQL, appendix A: classes 08 and 57P). */
    private static boolean isAway(SQLException thrown) {
        String state = innermost(thrown).getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    private static String inWords(SQLException thrown) {
        SQLException e = innermost(thrown);
        if (e.getErrorCode() == H2_FILE_IN_USE) {
            return "another process has the file open; one at a time can";
        }
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("28")) {
            return "the database refuses user or password";
        }
        if (state.startsWith("3D")) {
            return "there is no such database";
        }
        if (state.equals("42501")) {
            return "the database does not allow this user to do that: " + firstLine(e);
        }
        return firstLine(e) + ofTheDisk(e);
    }

    /** H2 says only that it has closed its file; why, stands behind that. */
    private static String ofTheDisk(SQLException e) {
        Throwable cause = e.getCause();
        while (cause != null && !(cause instanceof IOException && cause.getMessage() != null)) {
            cause = cause.getCause();
        }
        if (cause == null || firstLine(e).contains(String.valueOf(cause.getMessage()))) {
            return "";
        }
        return " (" + cause.getMessage() + ")";
    }

    /** A pool wraps what the driver says. */
    private static SQLException innermost(SQLException thrown) {
        SQLException e = thrown;
        while (e.getCause() instanceof SQLException cause) {
            e = cause;
        }
        return e;
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse(e.getClass().getSimpleName());
    }
}
