package io.renderfleet.transport.http;

import io.renderfleet.transport.http.tls.TlsTrouble;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Says in words for an operator why an HTTP client has got no answer. */
public final class NoAnswer {
    private static final String REFUSED = "connection refused";

    private NoAnswer() {}

    /**
     * Returns the reason.
     *
     * @param failure what the client has thrown, or completed a future with
     * @return some words in one line, without a path
     */
    public static String reason(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof HttpConnectTimeoutException || cause instanceof SocketTimeoutException) {
            return "no connection came about in time";
        }
        Optional<String> tls = TlsTrouble.reason(cause);
        if (tls.isPresent()) {
            return "no trust in the connection: " + tls.get();
        }
        if (cause instanceof UnknownHostException || hasCause(cause, UnresolvedAddressException.class)) {
            return "its host name is unknown";
        }
        if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
            return "no connection: " + message(cause);
        }
        if (cause instanceof HttpTimeoutException || cause instanceof TimeoutException) {
            return "no answer in time";
        }
        return message(cause);
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
        if (failure instanceof EOFException || failure instanceof ClosedChannelException) {
            return "it was closed at the other end";
        }
        if (failure instanceof ConnectException && REFUSED.equalsIgnoreCase(said)) {
            return REFUSED;
        }
        if (said == null || said.isBlank()) {
            return failure instanceof ConnectException
                    ? REFUSED
                    : failure.getClass().getSimpleName();
        }
        return oneLine(said);
    }

    static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\s]+", " ");
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
