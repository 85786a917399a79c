package io.renderfleet.http.server;

import io.renderfleet.transport.http.header.Headers;
import io.renderfleet.transport.http.header.RetryAfter;
import io.renderfleet.transport.http.wire.Problem;
import io.renderfleet.transport.http.wire.ProblemType;
import io.renderfleet.transport.http.wire.Wire;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what Jetty itself refuses. Jetty's own handler would echo the path and the exception's message; this one echoes nothing. */
final class ProblemErrorHandler extends ErrorHandler {
    private final HttpFields common;

    ProblemErrorHandler(HttpFields common) {
        this.common = common;
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.setStatus(code);
        fill(response.getHeaders());
        if (code == HttpStatus.SERVICE_UNAVAILABLE_503) {
            response.getHeaders().put(Headers.RETRY_AFTER, RetryAfter.format(RetryAfter.DEFAULT));
        }
        response.write(true, content(code), callback);
    }

    private void fill(HttpFields.Mutable headers) {
        common.forEach(headers::put);
        headers.put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    }

    private ByteBuffer content(int status) {
        int shown = status < 400 ? 500 : status;
        String detail = shown < 500
                ? "The request is not one that this server understands."
                : shown == HttpStatus.SERVICE_UNAVAILABLE_503
                        ? "The server is starting or stopping: try again."
                        : "The server failed; its log tells why.";
        Problem problem = new Problem(
                ProblemType.PREFIX + "http-" + shown, HttpStatus.getMessage(shown), shown, detail, null, null);
        return ByteBuffer.wrap(Wire.write(problem));
    }
}
