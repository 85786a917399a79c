package io.renderfleet.transport.queue;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker is, and how to get in.
 *
 * @param address such as {@code amqp://rabbit:5672/farm}, without user and password
 * @param user as whom to sign in; null where nothing was said
 * @param password a secret, which is never shown; null where nothing was said
 * @param settings what the broker's client is to know besides, by its own names, such as {@code security.protocol}; may hold secrets, and is
 *     never shown
 */
public record BrokerAccess(
        URI address, @Nullable String user, @Nullable String password, Map<String, String> settings) {

    /** Keeps a copy of the settings. */
    public BrokerAccess {
        settings = Map.copyOf(settings);
    }

    /** Returns the address alone. */
    @Override
    public String toString() {
        return address.toString();
    }
}
