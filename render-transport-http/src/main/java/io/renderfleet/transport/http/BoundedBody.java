package io.renderfleet.transport.http;

import java.net.http.HttpResponse;

/** Takes the body of an answer into memory, and gives the call up where it is longer than any that is expected. */
public final class BoundedBody {
    private BoundedBody() {}

    /**
     * Makes a handler.
     *
     * @param limit how many bytes at most, 1 or more; what is longer fails the call
     * @return a handler for any number of calls
     */
    public static HttpResponse.BodyHandler<byte[]> upTo(int limit) {
        return head -> BoundedBytes.failingAt(limit);
    }
}
