package io.renderfleet.core.spi;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The store could not do what it was asked, for now. */
public class StoreException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /**
     * Makes the exception.
     *
     * @param message what could not be done, without secrets
     * @param cause the reason, or null
     */
    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
