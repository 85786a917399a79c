package io.renderfleet.transport.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.http.HttpConnectTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Says why there is no answer, and whether the request may have arrived. */
final class Silences {
    private Silences() {}

    /**
     * Judges what the HTTP client failed with.
     *
     * @throws IllegalStateException if it is no trouble of the network but a fault of the software
     */
    static Reply.Silence of(Throwable failure) {
        Throwable cause = NoAnswer.unwrap(failure);
        if (cause instanceof HttpConnectTimeoutException
                || cause instanceof SSLHandshakeException
                || cause instanceof ConnectException
                || cause instanceof NoRouteToHostException) {
            return new Reply.Silence(NoAnswer.reason(cause), false);
        }
        if (cause instanceof SSLException) {
            return new Reply.Silence(NoAnswer.reason(cause), true);
        }
        if (cause instanceof BoundedBytes.TooLongException) {
            return new Reply.Silence(NoAnswer.message(cause), true);
        }
        if (cause instanceof IOException) {
            return new Reply.Silence("the connection broke: " + NoAnswer.message(cause), true);
        }
        throw new IllegalStateException("an HTTP call failed in an unforeseen way", cause);
    }
}
