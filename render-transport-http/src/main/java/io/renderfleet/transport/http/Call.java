package io.renderfleet.transport.http;

import io.renderfleet.transport.http.header.Headers;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
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
    private BodyPublisher body = BodyPublishers.noBody();
    private Supplier<Receiver> receiver = () -> BoundedBytes.failingAt(MAX_ANSWER);
    private boolean repeatable;
    private @Nullable Pulse pulse;

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
        body = BodyPublishers.ofByteArray(bytes);
        return header(Headers.CONTENT_TYPE, Headers.JSON);
    }

    Call body(BodyPublisher publisher) {
        body = publisher;
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

    /** The same request twice does no harm: it may be sent again at once where the connection turned out to be dead. */
    Call repeatable(boolean value) {
        repeatable = value;
        return this;
    }

    boolean repeatable() {
        return repeatable;
    }

    @Nullable Pulse pulse() {
        return pulse;
    }

    Receiver receiver() {
        return receiver.get();
    }

    HttpRequest.Builder request(URI to) {
        HttpRequest.Builder request = HttpRequest.newBuilder(to).method(method, body);
        headers.forEach(request::header);
        return request;
    }
}
