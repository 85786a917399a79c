package io.renderfleet.store.jdbc;

import io.renderfleet.core.spi.StoreException;
import java.io.Serial;
import java.sql.SQLException;

/** The database server cannot be reached, or starts or stops just now: what was asked for may work later as it is. */
public final class ServerAwayException extends StoreException {
    @Serial
    private static final long serialVersionUID = 1;

    ServerAwayException(String message, SQLException cause) {
        super(message, cause);
    }
}
