package io.renderfleet.core.spi;

import java.io.Serial;

/** Another coordinator has taken the store over; this one must send nothing any more. */
public final class StoreFencedException extends StoreException {
    @Serial
    private static final long serialVersionUID = 1;

    /**
     * Makes the exception.
     *
     * @param message who took over, as far as known
     */
    public StoreFencedException(String message) {
        super(message, null);
    }
}
