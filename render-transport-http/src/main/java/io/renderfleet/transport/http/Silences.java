package io.renderfleet.transport.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLHandshakeException;

/** Says in words for an operator why there is no answer, and whether the request may have arrived. */
final class Silences {
    private Silences() {}

    /**
     * Judges what the HTTP client failed with.
     *
     * @throws IllegalStateException if it is no trouble of the network but a fault of the software
     */
    static Reply.Silence of(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof HttpConnectTimeoutException) {
            return new Reply.Silence("no connection came about in time", false);
        }
        if (cause instanceof SSLHandshakeException) {
            return new Reply.Silence("no trust in the connection: " + message(cause), false);
        }
        if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
            return new Reply.Silence(
                    hasCause(cause, UnresolvedAddressException.class)
                            ? "its host name is unknown"
                            : "no connection: " + message(cause),
                    false);
        }
        if (cause instanceof BoundedBytes.TooLongException) {
            return new Reply.Silence(message(cause), true);
        }
        if (cause instanceof IOException) {
            return new Reply.Silence("the connection broke: " + message(cause), true);
        }
        throw new IllegalStateException("an HTTP call failed in an unforeseen way", cause);
    }

    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** A message without the path that file system exceptions begin with. */
    static String message(Throwable failure) {
        String said = failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
        if (said == null || said.isBlank()) {
            return failure instanceof ConnectException
                    ? "connection refused"
                    : failure.getClass().getSimpleName();
        }
        return said.replaceAll("[\\p{Cntrl}\\s]+", " ");
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
