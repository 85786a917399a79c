package io.renderfleet.core.model;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A job was not accepted because it could not be made durable. Nothing of it is kept; submit it again later. */
public final class StoreUnavailableException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /**
     * Makes one.
     *
     * @param message why nothing can be written
     * @param cause what the store said, or null
     */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
