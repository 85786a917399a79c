package io.renderfleet.node;

import io.renderfleet.core.model.AttemptId;
import org.jspecify.annotations.Nullable;

/**
 * What comes with a request beside its body.
 *
 * @param key the idempotency key, or null
 * @param attempt which attempt of a coordinator this is, with the sender's own epoch; null where a client asks directly, whose
 *     frames the node publishes by itself
 * @param traceparent the W3C trace context, or null
 */
public record SubmitContext(
        @Nullable String key,
        @Nullable AttemptId attempt,
        @Nullable String traceparent) {

    /** A client that asks directly, without a key. */
    public static final SubmitContext DIRECT = new SubmitContext(null, null, null);

    private static final int MAX_KEY = 255;

    /**
     * Checks the key.
     *
     * @throws IllegalArgumentException if it is empty, longer than 255 characters, or not printable ASCII
     */
    public SubmitContext {
        if (key != null
                && (key.isEmpty() || key.length() > MAX_KEY || key.chars().anyMatch(c -> c < 0x20 || c > 0x7e))) {
            throw new IllegalArgumentException(
                    "Idempotency-Key must have 1 to " + MAX_KEY + " printable ASCII characters");
        }
    }
}
