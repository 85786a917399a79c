package io.renderfleet.transport.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.http.HttpException;

/** Says why there is no answer, and whether the request may have arrived. */
final class Silences {
    private Silences() {}

    /**
     * Judges what the HTTP client failed with.
     *
     * @param begun whether there was a connection on which it has begun to send
     * @throws IllegalStateException if it is no trouble of the network but a fault of the software
     */
    static Reply.Silence of(Throwable failure, boolean begun) {
        Throwable cause = NoAnswer.unwrap(failure);
        if (cause instanceof SSLHandshakeException
                || cause instanceof ConnectException
                || cause instanceof NoRouteToHostException
                || cause instanceof UnknownHostException
                || (cause instanceof SocketTimeoutException && !begun)) {
            return new Reply.Silence(NoAnswer.reason(cause), false);
        }
        if (cause instanceof RejectedExecutionException) {
            return new Reply.Silence("too many calls wait for it", false);
        }
        if (cause instanceof SSLException) {
            return new Reply.Silence(NoAnswer.reason(cause), begun);
        }
        if (cause instanceof BoundedBytes.TooLongException) {
            return new Reply.Silence(NoAnswer.message(cause), true);
        }
        // The client's parser asserts that an answer is right, too, where assertions are on.
        if (cause instanceof AssertionError
                || cause instanceof HttpResponseException
                || cause instanceof HttpException) {
            // The client's own words name its objects, those of its cause say what is wrong.
            Throwable wrong = cause.getCause() instanceof HttpException ? cause.getCause() : cause;
            String why = wrong instanceof HttpException http && http.getReason() != null
                    ? NoAnswer.oneLine(http.getReason())
                    : "it cannot be read";
            return new Reply.Silence("its answer is no HTTP: " + why, begun);
        }
        if (cause instanceof IOException || cause instanceof TimeoutException) {
            return new Reply.Silence("the connection broke: " + NoAnswer.message(cause), begun);
        }
        throw new IllegalStateException("an HTTP call failed in an unforeseen way", cause);
    }
}
