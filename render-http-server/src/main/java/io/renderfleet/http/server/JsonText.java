package io.renderfleet.http.server;

import io.renderfleet.transport.http.wire.Wire;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A value that is written as JSON when it is first sent, and kept like that: an answer that is given again costs no more. Thread-safe. */
public final class JsonText {
    private final Object value;
    private volatile byte @Nullable [] written;

    /**
     * Takes a value.
     *
     * @param value a record of the wire, or a map
     */
    JsonText(Object value) {
        this.value = value;
    }

    ByteBuffer bytes() {
        byte[] bytes = written;
        if (bytes == null) {
            bytes = Wire.write(value);
            written = bytes;
        }
        return ByteBuffer.wrap(bytes);
    }
}
