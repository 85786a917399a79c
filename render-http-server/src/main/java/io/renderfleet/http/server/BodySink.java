package io.renderfleet.http.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the body of a request bit by bit, from one thread at a time. */
@FunctionalInterface
public interface BodySink {
    /**
     * Takes the next bytes.
     *
     * @param bytes to be used up before returning; the buffer is not ours to keep
     * @throws IOException if they cannot be stored; that ends the reading and becomes its failure
     */
    void accept(ByteBuffer bytes) throws IOException;
}
