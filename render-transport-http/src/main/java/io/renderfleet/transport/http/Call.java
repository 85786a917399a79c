package io.renderfleet.transport.http;

import io.renderfleet.transport.http.header.Headers;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.ByteBufferPool;
import org.jspecify.annotations.Nullable;

/**
 * A request and what goes with it. Not thread-safe until it is given to the {@link Caller}, and not changed after that.
 *
 * <p>By default the answer is JSON of at most a mebibyte, and nothing is sent twice.
 */
final class Call {
    private static final int MAX_ANSWER = 1024 * 1024;

    final String method;
    final Address node;
    final URI uri;
    final Duration deadline;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable Body body;
    private Supplier<Receiver> receiver = () -> BoundedBytes.failingAt(MAX_ANSWER);
    private boolean repeatable;
    private @Nullable Pulse pulse;
    private @Nullable FetchRate rate;

    /** What is sent, opened anew for each time. */
    @FunctionalInterface
    interface Body {
        Request.Content open(ByteBufferPool buffers) throws IOException;
    }

    Call(String method, Address node, URI uri, Duration deadline) {
        this.method = method;
        this.node = node;
        this.uri = uri;
        this.deadline = deadline;
        headers.put(Headers.ACCEPT, "application/json, text/plain;q=0.5, */*;q=0.1");
    }

    Call header(String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value);
        }
        return this;
    }

    Call json(byte[] bytes) {
        return body(buffers -> new BytesRequestContent(Headers.JSON, bytes));
    }

    Call body(Body content) {
        body = content;
        return this;
    }

    /** How the body of a good answer is taken; called anew for each try. */
    Call into(Supplier<Receiver> supplier) {
        receiver = supplier;
        return this;
    }

    /** Ends the call also when the transfer stands still. */
    Call watched(Pulse signs) {
        pulse = signs;
        return this;
    }

    /** Reads the body of a good answer no faster than that; null for as fast as it comes. */
    Call paced(@Nullable FetchRate by) {
        rate = by;
        return this;
    }

    /** The same request twice does no harm: it may be sent again at once where the connection turned out to be dead. */
    Call repeatable(boolean value) {
        repeatable = value;
        return this;
    }

    boolean repeatable() {
        return repeatable || onlyAsks();
    }

    /** Whether nothing changes at the node by it. */
    boolean onlyAsks() {
        return method.equals("GET") || method.equals("HEAD");
    }

    @Nullable Pulse pulse() {
        return pulse;
    }

    @Nullable FetchRate rate() {
        return rate;
    }

    Receiver receiver() {
        return receiver.get();
    }

    /**
     * Makes the request.
     *
     * @throws IOException if what is to be sent cannot be read
     */
    Request request(HttpClient client, URI to, @Nullable String authorization) throws IOException {
        Request request = client.newRequest(to).method(method).version(HttpVersion.HTTP_1_1);
        request.headers(fields -> {
            headers.forEach(fields::put);
            if (authorization != null) {
                fields.put(Headers.AUTHORIZATION, authorization);
            }
        });
        return body == null ? request : request.body(body.open(client.getByteBufferPool()));
    }
}
